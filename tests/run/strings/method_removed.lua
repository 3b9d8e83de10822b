-- A string method that goes away may be inherited from the metatable of the string library.
setmetatable(string, {__index=function(_, k) return function() return "fallback " .. k end end})
string.foo = function() return "own" end
local s = "x"
local function f() return s:foo() end
print(f(), f())
local function clear(v) string.foo = v end
clear(string.foo) clear(string.foo)
clear(nil)
print(f())
clear(function() return "again" end)
print(f())
