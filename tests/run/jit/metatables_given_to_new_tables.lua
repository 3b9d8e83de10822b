-- `setmetatable` of tables that compiled code made: what changes in the metatable meanwhile has to count.

local Class = { kind = "class" }
Class.__index = Class

local function new(v)
  return setmetatable({ v = v }, Class)
end
local function make(n)
  local last
  for i = 1, n do
    last = new(i)
  end
  return last
end
print(make(300).v, make(300).kind, getmetatable(make(10)) == Class)

-- A new method, a changed one, one that is gone.
function Class:get()
  return self.v
end
local function got(n)
  local sum = 0
  for i = 1, n do
    sum = sum + new(i):get()
  end
  return sum
end
print(got(300))
function Class:get()
  return self.v * 2
end
print(got(300))
local get = Class.get
Class.get = nil
print(pcall(got, 300))
Class.get = get
print(got(300))

-- Assignments to absent fields.
local function assigned(n)
  local sum = 0
  for i = 1, n do
    local object = new(i)
    object.w = i
    sum = sum + (object.w or 0)
  end
  return sum
end
print(assigned(300))
local caught = 0
Class.__newindex = function(_, _, value)
  caught = caught + value
end
print(assigned(300), caught)
Class.__newindex = nil
print(assigned(300), caught)

-- A finalizer that the metatable gets late is for the tables that are given it from then on.
local finalized = 0
Class.__gc = function()
  finalized = finalized + 1
end
make(100)
collectgarbage()
collectgarbage()
print(finalized >= 99)
Class.__gc = nil

-- A protected metatable: tables that are new have none yet.
Class.__metatable = "protected"
print(getmetatable(make(300)), pcall(setmetatable, make(1), {}))
Class.__metatable = nil

-- Several metatables at one place, one of them the table itself.
local function given(meta, n)
  local last
  for i = 1, n do
    last = setmetatable({ i = i }, meta)
  end
  return last
end
local metas = {}
for i = 1, 6 do
  metas[i] = { __index = { name = "m" .. i } }
end
for _ = 1, 5 do
  for i = 1, 6 do
    assert(given(metas[i], 60).name == "m" .. i)
  end
end
local own = {}
for i = 1, 300 do
  local self = {}
  self.__index = self
  self.field = i
  own[i] = setmetatable(self, self)
end
print(own[300].field, rawget(own[300], "absent"), getmetatable(own[7]) == own[7])
print(pcall(given, 1, 5))
print((pcall(given, nil, 5)))

-- What only a metatable holds is alive.
local weak = setmetatable({}, { __mode = "k" })
local function short(n)
  for i = 1, n do
    weak[setmetatable({ i = i }, { __index = function() return i end })] = i
  end
end
short(300)
collectgarbage()
collectgarbage()
local left = 0
for _ in pairs(weak) do
  left = left + 1
end
print(left <= 2)

-- Fields of classes, by way of the class and of instances.
local Counter = { count = 0 }
Counter.__index = Counter
local function counting(n)
  local object, seen = setmetatable({}, Counter), 0
  for _ = 1, n do
    local before = object.count
    Counter.count = Counter.count + 1
    local after = object.count
    Counter.count = after * 2 - before
    seen = seen + (after - before) + (Counter.count - after) * 10
  end
  return seen, object.count
end
print(counting(300))

-- Globals: changed between two looks, gone, and come again.
limit = 1
local function globals(n)
  local sum = 0
  for i = 1, n do
    local before = limit
    limit = limit + i % 2
    sum = sum + limit - before
  end
  return sum
end
print(globals(300), limit)
limit = nil
print(pcall(globals, 3))
limit = 0.5
print(globals(300), limit)

-- Functions that are made anew for each call of another.
local function each(list, visit)
  for i = 1, #list do
    visit(list[i], i)
  end
end
local list = {}
for i = 1, 50 do
  list[i] = { v = i }
end
local grand = 0
for round = 1, 30 do
  local part = 0
  each(list, function(item, index)
    part = part + item.v * index
    grand = grand + round
  end)
  grand = grand + part
end
each(list, function(item)
  grand = grand - item.v
end)
print(grand)
