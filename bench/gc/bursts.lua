-- A big live heap that dies at once, in the midst of many small ticks: how long is the longest tick?
-- usage: lua bursts.lua [values|keys|elements|finalizers|coroutines|strings|functions|shapes|tables] [objects] [ticks]
local kind = arg[1] or "values"
local ticks = tonumber(arg[3]) or 300000
local clock = os.clock
if not jit then collectgarbage("generational") end

local sizes = { values = 1000000, keys = 1000000, elements = 1000000, finalizers = 300000, coroutines = 100000,
  strings = 1000000, functions = 50000, shapes = 30000, tables = 2000000 }
local size = tonumber(arg[2]) or sizes[kind]

-- Each returns what keeps the objects alive, and what knows them weakly.
local kinds = {}

-- A weak table with values that die: keys are strings.
function kinds.values()
  local held, weak = {}, setmetatable({}, { __mode = "v" })
  for i = 1, size do
    local object = { i }
    held[i], weak["k" .. i] = object, object
  end
  return held, weak
end

-- Ephemerons: private data by object.
function kinds.keys()
  local held, weak = {}, setmetatable({}, { __mode = "k" })
  for i = 1, size do
    local object = { i }
    held[i], weak[object] = object, { object }
  end
  return held, weak
end

-- A weak array.
function kinds.elements()
  local held, weak = {}, setmetatable({}, { __mode = "v" })
  for i = 1, size do
    local object = { i }
    held[i], weak[i] = object, object
  end
  return held, weak
end

function kinds.finalizers()
  local held, finalized = {}, 0
  local meta = { __gc = function(o) finalized = finalized + o.id end }
  for i = 1, size do held[i] = setmetatable({ id = i }, meta) end
  return held
end

function kinds.coroutines()
  local held = {}
  local function body(a) while true do a = coroutine.yield({ a }) end end
  for i = 1, size do
    held[i] = coroutine.wrap(body)
    held[i](i)
  end
  return held
end

function kinds.strings()
  local held = {}
  for i = 1, size do held[i] = "text " .. i end
  return held
end

function kinds.functions()
  local held = {}
  for i = 1, size do held[i] = assert((loadstring or load)("local a = ... return function() return a + " .. i .. " end")) end
  return held
end

-- Each table has a field of its own, and so a shape.
function kinds.shapes()
  local held = {}
  for i = 1, size do held[i] = (loadstring or load)("return { common = 1, field" .. i .. " = 2 }")() end
  return held
end

function kinds.tables()
  local held = {}
  for i = 1, size do held[i] = { id = i, name = "x", next = false } end
  return held
end

local began = clock()
local held, weak = kinds[kind]()
local built = clock() - began
local small, over, longest, at, sum = {}, 0, 0, 0, 0
local start = clock()
for tick = 1, ticks do
  if tick == math.floor(ticks / 10) then held = nil end
  for k = 1, 30 do small[(tick * 7 + k) % 1000] = { k, tick } end
  if weak then
    local key = kind == "values" and "k" .. tick or tick
    if weak[key] and weak[key] == small then error("never") end
  end
  -- From end to end of the ticks: what happens between them counts.
  local now = clock()
  local took = now - start
  start = now
  sum = sum + took
  if took > longest then longest, at = took, tick end
  if took > 0.001 then over = over + 1 end
end
local status = io.open("/proc/self/status")
local memory = status and status:read("*a") or ""
print(string.format("%-10s built in %.2f s, ticks %.2f s, longest %.2f ms (tick %d), %d above 1 ms, peak %.0f MB, now %.0f MB",
  kind, built, sum, longest * 1000, at, over, (memory:match("VmHWM:%s*(%d+)") or 0) / 1024, (memory:match("VmRSS:%s*(%d+)") or 0) / 1024))
