-- debug.traceback from several depths with levels and coroutines.
local function f(n, level) if n == 0 then return debug.traceback("tb", level) end local r = f(n - 1, level) return r end
print(f(0, 0)) print(f(0, 1)) print(f(2, 1)) print(f(2, 3)) print(f(1, 50))
local co = coroutine.create(function() local function g() coroutine.yield("y") end g() error("after") end)
coroutine.resume(co)
print(debug.traceback(co)) print(debug.traceback(co, "msg", 0))
print(debug.traceback(co, "msg", 1))
print(debug.traceback(co, "msg", 9))
coroutine.resume(co)
print(debug.traceback(co))
local t = setmetatable({}, { __add = function() return debug.traceback("meta") end, __index = function(_, k)
  return debug.traceback(k)
end })
print(t + 1) print(t.key)
function globalfunction() return (debug.traceback("global")) end
print((globalfunction())) globalfunction = nil
print(select(2, xpcall(function() string.rep() end, debug.traceback)))
print(select(2, xpcall(function() local x = {} .. 1 end, function(m) return debug.traceback("H: " .. m, 2) end)))
