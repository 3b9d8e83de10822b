-- Empty statements, call statements, ambiguity rules, long chains.
;;; local a = 1; ; print(a);
do ; end
local t = { f = function(self, x) self.v = x return self end }
t:f(1):f(2)
print(t.v)
;(t.f)(t, 3)
print(t.v)
local s = "str"
print(#s, s:upper():lower():len())
print(("x"):rep(3))
print"call with string" print[[long string]] ; (nil or print)("paren")
local function g(x) return function(y) return x .. y end end
print(g"a""b", g{}  and "tbl", g[[x]][[y]])
for _, src in ipairs { "a", "a + 1", "a.b", "(f)", "f() = 1", "f().x = 1 return 1", "a.b:c = 1", "x, f() = 1, 2", "local a.b = 1", "1 = x", "'s':f()", "return return", "return 1, ", "local function a.b() end", "function f.g:h.i() end" } do
  local f, msg = load(src, "=s")
  print(src, f and "ok" or msg)
end
