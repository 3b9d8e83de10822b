-- A big live heap and many ticks that allocate and overwrite a little: how long is the longest tick?
-- usage: lua ticks.lua [cache|strings|weak|coroutines|finalizers] [live objects] [ticks]
local kind = arg[1] or "cache"
local ticks = tonumber(arg[3]) or 100000
local clock = os.clock
if not jit then collectgarbage("generational") end

local seed = 42
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed % n + 1
end

local sizes = { cache = 2000000, strings = 1000000, weak = 1000000, coroutines = 20000, finalizers = 200000 }
local size = tonumber(arg[2]) or sizes[kind]
local cache = {}
local kinds = {}

function kinds.cache()
  for i = 1, size do cache[i] = { id = i, name = "x", next = false } end
  return function(tick)
    for k = 1, 10 do
      local i = random(size)
      cache[i] = { id = i, name = "y", next = cache[random(size)].id }
      local garbage = { k, tick }
    end
  end
end

function kinds.strings()
  for i = 1, size do cache["key " .. i] = "value " .. i end
  return function(tick)
    for k = 1, 10 do
      local i = random(size)
      cache["key " .. i] = "new " .. i .. " " .. tick
    end
  end
end

-- All objects are held by a table, and known to a weak one, which loses those that are replaced.
function kinds.weak()
  local known = setmetatable({}, { __mode = "v" })
  for i = 1, size do
    local object = { id = i }
    cache[i], known[i] = object, object
  end
  return function(tick)
    for k = 1, 10 do
      local i = random(size)
      local object = { id = i }
      cache[i], known[i] = object, object
    end
  end
end

function kinds.coroutines()
  local function body(a)
    while true do a = coroutine.yield({ a }) end
  end
  for i = 1, size do
    cache[i] = coroutine.create(body)
    coroutine.resume(cache[i], i)
  end
  return function(tick)
    for k = 1, 10 do
      local i = random(size)
      if k == 1 then
        cache[i] = coroutine.create(body)
      end
      coroutine.resume(cache[i], tick)
    end
  end
end

function kinds.finalizers()
  local finalized = 0
  local meta = { __gc = function(o) finalized = finalized + o.id end }
  for i = 1, size do cache[i] = setmetatable({ id = i }, meta) end
  return function(tick)
    for k = 1, 10 do
      cache[random(size)] = setmetatable({ id = k }, meta)
    end
  end
end

local began = clock()
local work = kinds[kind]()
local built = clock() - began
local longest, over, sum = 0, 0, 0
for tick = 1, ticks do
  local start = clock()
  work(tick)
  local took = clock() - start
  sum = sum + took
  if took > longest then longest = took end
  if took > 0.001 then over = over + 1 end
end
local status = io.open("/proc/self/status")
local peak = status and status:read("*a"):match("VmHWM:%s*(%d+)") or 0
print(string.format("%-10s built in %.2f s, ticks %.2f s, longest %.2f ms, %d above 1 ms, peak %.0f MB", kind, built, sum,
  longest * 1000, over, peak / 1024))
