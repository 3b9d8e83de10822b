-- Suspended coroutines keep what they need and are collected when unreachable.
local weak = setmetatable({}, { __mode = "v" })
local function make(keep)
  local co = coroutine.create(function()
    local big = { 1, 2, 3 }
    weak[1] = big
    coroutine.yield()
    return keep and #big
  end)
  coroutine.resume(co)
  return co
end
local co = make(true)
collectgarbage()
print(weak[1] ~= nil, coroutine.resume(co))
weak.co = coroutine.create(print)
collectgarbage()
print(weak.co)
local n = 0
for i = 1, 200 do
  local c = coroutine.wrap(function() local t = { i } coroutine.yield(t[1]) end)
  n = n + c()
  if i % 50 == 0 then collectgarbage() end
end
print(n)
local cycle = {}
cycle.co = coroutine.create(function() coroutine.yield(cycle) end)
coroutine.resume(cycle.co)
weak.cycle = cycle
cycle = nil
print(weak.cycle ~= nil)
local up = {}
local holder = coroutine.wrap(function() local v = 5 up.f = function() v = v + 1 return v end coroutine.yield() end)
holder()
holder = nil
collectgarbage()
print(up.f(), up.f())
