-- What caches and compiled code know of the keys of metatables and classes ends when those get another one.

local ROUNDS = 3000

local function read(object)
  local found
  for _ = 1, ROUNDS do
    found = object.x
  end
  return found
end

local function each(name, learn, change)
  local before = learn()
  change()
  print(name, before, learn())
end

-- A metatable gets `__index`, its target the key; then a target of the target.
do
  local meta, class, base = {}, {}, {}
  local object = setmetatable({}, meta)
  each("__index", function() return read(object) end, function() meta.__index = class end)
  each("key of the class", function() return read(object) end, function() class.x = 1 end)
  class.x = nil
  setmetatable(class, { __index = base })
  each("key of the base", function() return read(object) end, function() base.x = 2 end)
  each("key of the class again", function() return read(object) end, function() class.x = 3 end)
end

-- The class itself is asked.
do
  local class = {}
  class.__index = class
  setmetatable({}, class)
  each("own key", function() return read(class) end, function() class.x = 4 end)
end

-- Many keys: those that are there get other places.
do
  local class = {}
  class.__index = class
  local object = setmetatable({}, class)
  class.x = "first"
  for i = 1, 40 do
    local was = read(object)
    class["key" .. i] = i
    class.x = "value " .. i
    if was ~= (i == 1 and "first" or "value " .. i - 1) or read(object) ~= "value " .. i then
      print("wrong", i, was, read(object))
    end
  end
  print(read(object))
end

-- Other events.
local function store(object)
  for _ = 1, ROUNDS do
    object.y = nil
    object.y = 1
  end
  return rawget(object, "y")
end

do
  local meta = {}
  local object = setmetatable({}, meta)
  each("__newindex", function() return store(object) end, function() meta.__newindex = function() end; object.y = nil end)
end

local function made(meta)
  local last
  for _ = 1, ROUNDS do
    last = setmetatable({}, meta)
    last.z = 5
  end
  return last.z
end

do
  local meta = {}
  each("__newindex of new tables", function() return made(meta) end, function() meta.__newindex = function() end end)
end

local function sum(a, b)
  local result
  for _ = 1, ROUNDS do
    local done, value = pcall(function() return a + b end)
    result = done and value or "none"
  end
  return result
end

do
  local meta = {}
  local a, b = setmetatable({}, meta), setmetatable({}, meta)
  each("__add", function() return sum(a, b) end, function() meta.__add = function() return "added" end end)
end

local function equal(a, b)
  local result
  for _ = 1, ROUNDS do
    result = a == b
  end
  return result
end

do
  local meta = {}
  local a, b = setmetatable({}, meta), setmetatable({}, meta)
  each("__eq", function() return equal(a, b) end, function() meta.__eq = function() return true end end)
end

local function length(a)
  local result
  for _ = 1, ROUNDS do
    result = #a
  end
  return result
end

do
  local meta = {}
  local a = setmetatable({ 1, 2, 3 }, meta)
  each("__len", function() return length(a) end, function() meta.__len = function() return "long" end end)
end

local function element(a)
  local result
  for i = 1, ROUNDS do
    result = a[i % 7 + 1]
  end
  return result
end

do
  local meta = {}
  local a = setmetatable({ 1, 2, 3 }, meta)
  each("__index of elements", function() return element(a) end, function() meta.__index = function(_, k) return "at " .. k end end)
end

-- A class that is made, and filled once it has a role, in a loop beside code that knows another.
do
  local class = {}
  class.__index = class
  class.x = "steady"
  local object = setmetatable({}, class)
  for i = 1, 50 do
    local other = {}
    local made = setmetatable({}, other)
    other.__index = other
    function other.name() return "name " .. i end
    other.x = i
    if made.x ~= i or made.name() ~= "name " .. i or read(object) ~= "steady" then
      print("wrong", i)
    end
  end
  class.x = nil
  print(read(object))
end

-- Methods of strings.
local function shout(s)
  local result
  for _ = 1, ROUNDS do
    result = s.shout
  end
  return result and result(s)
end

each("method of strings", function() return shout("a") end, function() string.shout = string.upper end)
string.shout = nil
