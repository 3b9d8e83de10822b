-- Tracebacks and debug.getinfo show the frames of inlined functions and the lines they are at.
local function leaf(i, at)
  if i == at then
    return (debug.traceback("leaf", 1))
  end
  return nil
end
local function middle(i, at)
  local t = leaf(i, at)
  return t
end
local function top(n, at)
  local found
  for i = 1, n do
    local t = middle(i, at)
    found = t or found
  end
  return found
end
print(top(400, 400)) print(top(400, 1)) print(top(400, 250))

-- Levels, lines and names as getinfo sees them.
local function describe(from, to)
  local out = {}
  for level = from, to do
    local info = debug.getinfo(level, "nSlt")
    if not info then break end
    local tail = info.istailcall and " tail" or ""
    out[#out + 1] = ("%s %s %s:%d%s"):format(info.what, info.namewhat, info.name, info.currentline, tail)
  end
  return table.concat(out, " | ")
end
local function a(i) if i % 200 == 0 then print(describe(2, 5)) end return i end
local function b(i) local r = a(i) return r end
local function c(i)
  return b(i)
end
for i = 1, 400 do
  local v = c(i)
  v = b(v)
end
local obj = {}
function obj:method(i)
  return (a(i))
end
function obj.field(i)
  local r = obj:method(i)
  return r
end
for i = 1, 200 do obj.field(i) end

-- Metamethods and iterators in a traceback.
local mt = { __index = function(_, k) if k == 300 then print(describe(2, 4)) end return k end,
  __add = function(x, y) if y == 300 then print(describe(2, 4)) end return y end }
local o, s = setmetatable({}, mt), 0
for i = 1, 300 do
  s = s + o[i]
  s = s + (o + i)
end
local function iterator(_, k)
  k = (k or 0) + 1
  if k == 300 then print(describe(2, 4)) return nil end
  return k
end
for i in iterator do s = s + i end
print(s)

-- The message handler runs before the stack unwinds: it sees every inlined frame.
local function fails(i)
  if i == 350 then
    local t = nil
    t.x = 1
  end
  return i
end
local function outer(i)
  local r = fails(i)
  return r
end
print(xpcall(function()
  for i = 1, 400 do
    outer(i)
  end
end, debug.traceback))

-- error with levels from the same inlined chain; a traceback in a coroutine that yielded inside it.
local function raise(i, level) if i == 300 then error("raised", level) end end
local function via(i, level)
  raise(i, level)
  return i
end
for level = 0, 4 do print(pcall(function() for i = 1, 300 do via(i, level) end end)) end
local co = coroutine.create(function()
  local function deep(i) if i == 256 then coroutine.yield() end return i end
  local function call(i) local r = deep(i) return r end
  for i = 1, 300 do call(i) end
  error("late")
end)
coroutine.resume(co)
print(debug.traceback(co)) print(debug.traceback(co, "msg", 1))
print(coroutine.resume(co)) print(debug.traceback(co))
