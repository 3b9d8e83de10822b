-- Closures made in compiled code: each has its own variables, shared with those made in the same scope.

local function counters(n)
  local list = {}
  for i = 1, n do
    local value = i
    list[i] = {
      add = function(by)
        value = value + by
        return value
      end,
      get = function()
        return value, i
      end,
    }
  end
  return list
end
for _ = 1, 30 do
  counters(20)
end
local list = counters(20)
local sum = 0
for i, counter in ipairs(list) do
  counter.add(i)
  counter.add(1)
  local value, index = counter.get()
  sum = sum + value * index
end
print(sum)

-- A captured variable that is of the loop's outside, and changes between makings.
local function outside(n)
  local last, made = 0, {}
  for i = 1, n do
    made[i] = function()
      last = last + i
      return last
    end
    last = last + 1
    if i % 2 == 0 then made[i]() end
  end
  return last, made
end
for _ = 1, 30 do
  outside(20)
end
local last, made = outside(20)
print(last, made[1](), made[20](), made[20]())

-- Blocks that are left early, in several ways.
local function early(n)
  local kept = {}
  for i = 1, n do
    do
      local here = i * 2
      if i % 5 == 0 then goto continue end
      kept[#kept + 1] = function()
        here = here + 1
        return here
      end
      if i % 7 == 0 then break end
    end
    ::continue::
  end
  return kept
end
for _ = 1, 60 do
  early(20)
end
local kept = early(20)
print(#kept, kept[1](), kept[1](), kept[#kept]())

-- Returned from the middle, with the variable still changing.
local function maker(start)
  local value = start
  local function get()
    return value
  end
  value = value + 1
  if start % 2 == 0 then
    value = value * 10
    return get, value
  end
  return get
end
local checks = 0
for i = 1, 100 do
  checks = checks + maker(i)()
end
print(checks)

-- Variables to be closed beside captured ones.
local log = {}
local function closing(i)
  local captured = i
  local resource <close> = setmetatable({}, {
    __close = function()
      log[#log + 1] = captured
    end,
  })
  local function bump()
    captured = captured + 100
  end
  bump()
  return captured
end
for i = 1, 60 do
  closing(i)
end
print(#log, log[1], log[60])

-- Upvalues of upvalues, wide integers and floats in them.
local function levels()
  local wide, float = 1 << 62, 0.5
  local function middle()
    return function(by)
      wide = wide + by
      float = float * 2
      return wide, float
    end
  end
  return middle()
end
local step = levels()
for i = 1, 60 do
  step(i << 50)
end
print(step(1))

-- Recursion through a captured local, and closures compared.
local function factorial(n)
  local function go(k)
    if k < 2 then return 1 end
    return k * go(k - 1)
  end
  return go(n)
end
for i = 1, 60 do
  factorial(i % 10)
end
print(factorial(10))
local function same()
  local f = function() return 1 end
  local g = function() return 1 end
  return f == g, f == f
end
for _ = 1, 60 do
  same()
end
print(same())
