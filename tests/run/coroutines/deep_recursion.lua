-- Deep recursion and nested coroutines inside coroutines.
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(coroutine.wrap(function() return depth(10000) end)())
local function deepyield(n) if n == 0 then coroutine.yield("bottom") return 0 end return 1 + deepyield(n - 1) end
local co = coroutine.wrap(function() return deepyield(5000) end) print(co()) print(co())
local function nest(n)
  if n == 0 then return "innermost" end
  return coroutine.wrap(function() return nest(n - 1) .. "." end)()
end
print(#nest(50))
local ok, e = coroutine.resume(coroutine.create(function() local function inf() return 1 + inf() end return inf() end))
print(ok, tostring(e):find("stack overflow") ~= nil)
co = coroutine.create(function()
  local ok, e = pcall(function() local function inf() return 1 + inf() end inf() end)
  coroutine.yield(tostring(e):find("stack overflow") ~= nil)
  return depth(100)
end)
print(coroutine.resume(co)) print(coroutine.resume(co))
local function chain(n, v)
  if n == 0 then coroutine.yield(v) return v + 1 end
  local c = coroutine.wrap(chain)
  local r = c(n - 1, v)
  coroutine.yield(r)
  return c()
end
co = coroutine.wrap(chain) print(co(20, 7))
local cos = {}
for i = 1, 1000 do cos[i] = coroutine.wrap(function(x) while true do x = coroutine.yield(x + i) end end) end
local s = 0 for r = 1, 3 do for i = 1, 1000 do s = s + cos[i](r) end end print(s)
local function selfres() local c c = coroutine.wrap(function() return pcall(c) end) return c() end print(selfres())
print(coroutine.wrap(function()
  return coroutine.wrap(function() return coroutine.wrap(function() return "three deep" end)() end)()
end)())
