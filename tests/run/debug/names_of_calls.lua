-- debug.getinfo's name and namewhat for every way to call a function.
local function who() local i = debug.getinfo(2, "n") return tostring(i.namewhat) .. ":" .. tostring(i.name) end
local function loc() local r = who() return r end
function glob() local r = who() return r end
local t = { field = function() local r = who() return r end, [1] = function() local r = who() return r end }
function t:method() local r = who() return r end
t.nested = { deep = t.field }
local up = t.field
print(loc(), glob(), t.field(), t:method(), t[1](), t.nested.deep(), (function() return up() .. "" end)())
local k = "field"
print(t[k](), (t.field)(), (loc)(), _G.glob(), _ENV.glob())
-- Metamethods, iterators, finalizers, hooks, and calls from native functions.
local mt = {}
for _, ev in ipairs({ "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr", "bnot", "concat", "len", "eq", "lt", "le",
  "index", "call", "close" }) do
  mt["__" .. ev] = function() local r = who() io.write(ev, "=", r, " ") return r end
end
mt.__newindex = mt.__index
local o, p = setmetatable({}, mt), setmetatable({}, mt)
local _ = o + 1, o - 1, o * 1, o / 1, o % 1, o ^ 1, -o, o // 1, o & 1, o | 1, o ~ 1, o << 1, o >> 1, ~o, o .. "", #o, o == p, o < p, o <= p, o.x, o()
o.y = 1
do local c <close> = o end
print()
for v in function(_, c) if not c then return (who()) end end do print(v) end
print(pcall(t.field)) print(select(2, pcall(pcall, t.field))) print((("x"):gsub("x", t.field))) table.sort({ 1, 2 }, function() print(who()) return false end)
print(coroutine.wrap(t.field)(), load("local who = ... local r = who() return r")(who))
debug.sethook(function() debug.sethook() print(who()) end, "l")
local line = 1
setmetatable({}, { __gc = function() print(who()) end })
collectgarbage()
-- Tail calls have no name; the main chunk and loaded chunks say what they are.
local function tail() return t.field() end
print(tail(), debug.getinfo(1, "n").name, debug.getinfo(1, "S").what, debug.getinfo(print, "S").what, debug.getinfo(loc, "S").what)
print(debug.getinfo(1, "t").istailcall, (function() return debug.getinfo(1, "t").istailcall end)(), debug.getinfo(loc, "n").name)
local function nested() return (function() local r = who() return r end)() end
print(nested(), require and (function(f) local r = f() return r end)(loc))
