-- Call errors name the callee in every syntactic position.
local up
local t = { s = "str", n = 5, sub = {} }
local function try(src)
  local f = assert(load("local up, t = ... ; " .. src, "=c"))
  print((select(2, pcall(f, up, t))))
end
try "up()" try "t()" try "t.x()" try "t.s()" try "t.n()" try "t.sub.x()"
try "t.sub()" try "t:x()" try "t:s()" try "t.s:x()" try "t.n:x()"
try "globalvar()" try "globalvar.x()" try "globalvar:x()" try "t[1]()"
try "t['k']()" try "t[up]()" try "t[t.n]()" try "(t.x or up)()"
try "(function() end)()()"
try "('x')()" try "(1)()" try "({})()" try "(nil)()" try "(true)()"
try "t.s.len.x()" try "return up()" try "return t.x()"
try "return t:y(1, 2)" try "local a = up() + 1"
try "local function f() return up() end f()"
try "for i in up do end" try "for i in t do end"
try "for i in t.n do end" try "local x <close> = t" try "t.x.y.z = 1"
try "t.s.x = 1" try "t.n.x = 1" try "up.x = 1" try "globalvar.x = 1"
try "t.n[1] = 1" try "local a = t.n.x.y" try "local a = t.s.x.y"
try "return #up" try "return #t.n" try "return -t" try "return -t.sub"
try "return ~1.5" try "return ~t.s" try "return t .. 'x'"
try "return 'x' .. t.sub" try "return up .. up" try "return t < t"
try "return t.n < t.s" try "return t.sub <= 1" try "return 1 > up"
