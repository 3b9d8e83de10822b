-- Objects of mixed sizes that are made and dropped without end, as in a server: does memory come to rest?
-- usage: lua churn.lua [seconds] [live objects]
local seconds = tonumber(arg[1]) or 60
local size = tonumber(arg[2]) or 200000
if not jit then collectgarbage("generational") end

local seed = 7
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return math.floor(seed / 65536) % n + 1
end

local function resident()
  local status = io.open("/proc/self/status")
  if not status then return 0 end
  local text = status:read("*a")
  status:close()
  return tonumber(text:match("VmRSS:%s*(%d+)")) / 1024
end

-- Small tables, strings, arrays and dictionaries up to some hundred kilobytes, closures, coroutines.
local make = {
  function(i) return { id = i, name = "n" .. i % 1000 } end,
  function(i) return "string " .. i .. ("x"):rep(random(100)) end,
  function(i) local t = {} for k = 1, random(40) do t[k] = k end return t end,
  function(i) return function() return i end end,
  function(i) local t = {} for k = 1, random(20) do t["k" .. k] = { k } end return t end,
  function(i) return { { i }, { { i } } } end,
}
local rare = {
  function(i) return ("y"):rep(random(300000)) end,
  function(i) local t = {} for k = 1, random(20000) do t[k] = k end return t end,
  function(i) local t = {} for k = 1, random(3000) do t["key " .. k] = k end return t end,
  function(i) local co = coroutine.wrap(function() coroutine.yield(i) end) co() return co end,
}

local live, count, phase = {}, 0, size
local start, report = os.time(), 0
local least, most = math.huge, 0
repeat
  for k = 1, 2000 do
    count = count + 1
    -- The number of live objects rises and falls, so that space of all sizes gets free.
    live[random(phase)] = count % 200 == 0 and rare[random(#rare)](count) or make[random(#make)](count)
  end
  if count % 4000000 == 0 then
    phase = phase == size and math.floor(size / 4) or size
    for k = phase + 1, size do live[k] = nil end
  end
  local now = os.time() - start
  if now >= report then
    report = now + math.max(1, math.floor(seconds / 30))
    local memory = resident()
    if now > seconds / 4 then least, most = math.min(least, memory), math.max(most, memory) end
    print(string.format("%4d s  %6.1f million objects  %7.1f MB resident  %7.1f MB in use", now, count / 1e6, memory,
      collectgarbage("count") / 1024))
  end
until os.time() - start >= seconds
print(string.format("after the first quarter: %.1f to %.1f MB resident", least, most))
