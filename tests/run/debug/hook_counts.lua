-- Count hooks interrupt loops, recursion and coroutines; errors from hooks.
local function limited(n, f, ...)
  local co = coroutine.create(f)
  debug.sethook(co, function() error("budget exceeded", 0) end, "", n)
  return coroutine.resume(co, ...)
end
print(limited(10000, function() while true do end end))
print(limited(10000, function() for i = 1, math.huge do end end))
print(limited(1000000, function() local s = 0 for i = 1, 100 do s = s + i end return s end))
print(limited(10000, function() local function r() return r() end return r() end))
print(limited(10000, function() repeat local x = {} until false end))
print(limited(100000, function() ::top:: goto top end))
local n = 0
debug.sethook(function(ev) if ev == "count" then n = n + 1 end end, "", 1000)
for i = 1, 100000 do end
debug.sethook()
print(n >= 50)
print(debug.gethook())
local lines = 0
debug.sethook(function(_, l) lines = lines + 1 end, "l")
local x = 1
x = x + 1
debug.sethook()
print(lines >= 2)
