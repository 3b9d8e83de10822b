-- Errors thrown in nested calls of coroutines: positions, tracebacks, objects.
local function lvl3() error("at level 3") end
local function lvl2() lvl3() end
local co = coroutine.create(function() local keep = 1 lvl2() return keep end)
print(coroutine.resume(co)) print(debug.traceback(co)) print(debug.traceback(co, "with message")) print(debug.traceback(co, nil, 1))
local c2 = coroutine.create(function(x) local y = coroutine.yield(x) return y end) coroutine.resume(c2, 1) print(debug.traceback(c2)) print(debug.traceback(coroutine.create(print)))
local obj = setmetatable({}, { __tostring = function() return "error object" end })
local ok, e = coroutine.resume(coroutine.create(function() error(obj) end)) print(ok, e == obj, tostring(e))
print(coroutine.resume(coroutine.create(function() local t t.x = 1 end)))
print(coroutine.resume(coroutine.create(function() return #5 end)))
print(coroutine.resume(coroutine.create(function() return 1 < "x" end)))
print(coroutine.resume(coroutine.create(string.rep)))
print(coroutine.resume(coroutine.create(function() return ("x"):rep(1, 2, 3), string.char(-1) end)))
local w = coroutine.wrap(function() coroutine.wrap(function() error("inner wrap") end)() end) print(pcall(w))
w = coroutine.wrap(function() return coroutine.wrap(function() error("inner tail", 2) end)() end) print(pcall(w))
w = coroutine.wrap(function() local ok, e = pcall(coroutine.wrap(function() coroutine.yield() end)) coroutine.yield(ok) local f = coroutine.wrap(function() end) f() return pcall(f) end) print(w()) print(w())
print(select(2, pcall(coroutine.wrap(function() error(nil) end))))
