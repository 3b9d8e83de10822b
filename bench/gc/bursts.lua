-- A big live heap that dies at once, in the midst of many small ticks: how long is the longest tick?
-- usage: lua bursts.lua [values|keys|elements|finalizers|coroutines|strings|functions|shapes|tables|weak_tables|ephemerons|chain|
--   revived|vectors|texts|upvalues|stack] [objects] [ticks]
local kind = arg[1] or "values"
local ticks = tonumber(arg[3]) or 300000
local clock = os.clock
if not jit then collectgarbage("generational") end

local sizes = { values = 1000000, keys = 1000000, elements = 1000000, finalizers = 300000, coroutines = 100000,
  strings = 1000000, functions = 50000, shapes = 30000, tables = 2000000, weak_tables = 300000, ephemerons = 300000,
  chain = 300000, revived = 500000, vectors = 2000, texts = 2000, upvalues = 500000, stack = 150000 }
local size = tonumber(arg[2]) or sizes[kind]

-- Each returns what keeps the objects alive, and what knows them weakly.
local kinds = {}
-- What stays alive.
local kept

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

-- Many small weak tables, as when each object knows its owner.
function kinds.weak_tables()
  local held, tables, meta = {}, {}, { __mode = "v" }
  for i = 1, size do
    held[i] = { i }
    tables[i] = setmetatable({ held[i] }, meta)
  end
  kept = tables
  return held
end

-- Many small ephemeron tables.
function kinds.ephemerons()
  local held, tables, meta = {}, {}, { __mode = "k" }
  for i = 1, size do
    held[i] = { i }
    tables[i] = setmetatable({ [held[i]] = { i } }, meta)
  end
  kept = tables
  return held
end

-- Ephemerons in small tables of which each one's value is the key of the next one.
function kinds.chain()
  local tables, meta = {}, { __mode = "k" }
  local first = {}
  local at = first
  for i = 1, size do
    local following = { i }
    tables[size + 1 - i] = setmetatable({ [at] = following }, meta)
    at = following
  end
  kept = tables
  return first
end

-- Values of a weak table and of a weak array that die together with objects to be finalized.
function kinds.revived()
  local held, weak = {}, setmetatable({}, { __mode = "v" })
  kept = setmetatable({}, { __mode = "v" })
  local meta = { __gc = function() end }
  for i = 1, size do
    local object = i % 10 == 0 and setmetatable({ i }, meta) or { i }
    held[i], weak["k" .. i], kept[i] = object, object, object
  end
  return held, weak
end

-- Big tables.
function kinds.vectors()
  local held = {}
  for i = 1, size do
    local vector = {}
    for k = 1, 16000 do vector[k] = k end
    held[i] = vector
  end
  return held
end

-- Long strings.
function kinds.texts()
  local held, piece = {}, ("x"):rep(100000)
  for i = 1, size do held[i] = piece .. i end
  return held
end

-- Closures with variables of their own.
function kinds.upvalues()
  local held = {}
  for i = 1, size do
    local n = i
    held[i] = function() n = n + 1 return n end
  end
  return held
end

function kinds.stack()
  return {}
end

local began = clock()
local held, weak = kinds[kind]()
local built = clock() - began
local small, over, longest, at, sum = {}, 0, 0, 0, 0
local start
local function run()
  start = clock()
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
end
-- All of the ticks in the depth of a recursion.
local function descend(level)
  if level == 0 then return run() end
  return (descend(level - 1))
end
if kind == "stack" then descend(size) else run() end
local status = io.open("/proc/self/status")
local memory = status and status:read("*a") or ""
print(string.format("%-10s built in %.2f s, ticks %.2f s, longest %.2f ms (tick %d), %d above 1 ms, peak %.0f MB, now %.0f MB",
  kind, built, sum, longest * 1000, at, over, (memory:match("VmHWM:%s*(%d+)") or 0) / 1024, (memory:match("VmRSS:%s*(%d+)") or 0) / 1024))
