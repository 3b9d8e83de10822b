-- debug.traceback text for Lua functions, methods, C functions, tail calls, hooks of levels.
local function a() print(debug.traceback("in a")) end
local function b() a() end
function globalfn() b() end
local t = { method = function(self) globalfn() end, field = function() local x = 1 t2.method(x) end }
t2 = t
t:method()
t.field()
print(debug.traceback()) print(debug.traceback("msg", 1))
print(debug.traceback("msg", 2)) print(debug.traceback(nil))
print(debug.traceback({}) ~= nil, debug.traceback(5), debug.traceback(5.5, 1))
print(type(debug.traceback({ 1 })))
local function tail() return a() end
tail()
pcall(a)
table.sort({ 2, 1 }, function(x, y)
  if not once then once = true print(debug.traceback("in comparator")) end
  return x < y
end)
string.gsub("x", "x", function() print(debug.traceback("in gsub")) end)
setmetatable({}, { __index = function() print(debug.traceback("in index")) end }).x = nil
local _ = setmetatable({}, { __index = function() print(debug.traceback("in __index")) end }).x
_ = setmetatable({}, { __add = function() print(debug.traceback("in __add")) return 1 end }) + 1
for _ in function(_, c) if not c then print(debug.traceback("in iterator")) return 1 end end do end
do local c <close> = setmetatable({}, { __close = function() print(debug.traceback("in __close")) end }) end
local function rec(n) if n == 0 then print(debug.traceback("deep")) return 0 end return 1 + rec(n - 1) end
rec(3)
rec(30)
coroutine.wrap(function() print(debug.traceback("in coroutine")) end)()
local co = coroutine.create(function() local function inner() coroutine.yield() end inner() end)
coroutine.resume(co)
print(debug.traceback(co)) print(debug.traceback(co, "m"))
print(debug.traceback(co, "m", 1)) print(debug.traceback(co, nil, 5))
load("print(debug.traceback('in chunk'))", "=chunk")()
load("local function f() print(debug.traceback('named')) end f()", "@file.lua")()
print((select(2, xpcall(function() local x = nil ; x.y = 1 end, debug.traceback))))
print((select(2, xpcall(string.rep, debug.traceback))))
