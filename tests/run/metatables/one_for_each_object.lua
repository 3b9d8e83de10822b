-- Objects that each have a metatable of their own, with the same fields, until some are changed.
local Class = { name = "class" }
function Class:get() return self.value end
function Class:add(n) self.value = self.value + n; return self end
local function new(value) return setmetatable({ value = value }, { __index = Class }) end

local function sum(list)
  local total = 0
  for i = 1, #list do total = total + list[i]:add(1):get() end
  return total
end

local objects = {}
for i = 1, 200 do objects[i] = new(i) end
for _ = 1, 50 do sum(objects) end
print(sum(objects), objects[3].name, objects[7].missing)

-- Each metatable is its own.
local distinct, seen = 0, {}
for i = 1, 200 do
  local meta = getmetatable(objects[i])
  if not seen[meta] then distinct = distinct + 1 end
  seen[meta] = true
end
print(distinct, getmetatable(objects[1]) == getmetatable(objects[1]), getmetatable(objects[1]) == getmetatable(objects[2]))

-- The fields are those that were stored, in order, and no others.
local function fields(t)
  local names = {}
  for k, v in pairs(t) do names[#names + 1] = tostring(k) .. "=" .. tostring(v) end
  table.sort(names)
  return table.concat(names, " ")
end
objects[5].extra, objects[5].more = "x", "y"
print(fields(objects[5]), next({}), next(setmetatable({}, { __index = Class })))
print(select("#", next(setmetatable({}, { __index = Class }))), rawlen(objects[5]), #objects[5])

-- One metatable changes: the others' objects do not.
getmetatable(objects[10]).__index = { name = "other", get = function() return -1 end, add = Class.add }
print(objects[10].name, objects[10]:get(), objects[11].name, objects[11]:get())
print(sum(objects))
local more = {}
for i = 1, 50 do more[i] = new(i) end
print(sum(more), more[3].name)

-- A new event.
local function tagged(tag) return setmetatable({ tag = tag }, { __tostring = function() return "unused" end }) end
local shared = function(t) return "<" .. t.tag .. ">" end
local function named(tag) return setmetatable({ tag = tag }, { __tostring = shared }) end
local names = {}
for i = 1, 20 do names[i] = named("n" .. i) end
print(tostring(names[1]), tostring(names[20]), tostring(tagged("a")))
getmetatable(names[2]).__call = function(self, x) return self.tag, x end
print(names[2](5), (pcall(function() return names[3](5) end)))
rawset(getmetatable(names[4]), "__tostring", function() return "changed" end)
print(tostring(names[3]), tostring(names[4]), tostring(names[5]))
getmetatable(names[6]).__tostring = nil
print((tostring(names[6]):gsub("0x%x+", "address")), tostring(names[7]))
local late = named("late")
print(tostring(late), getmetatable(late).__tostring == shared)

-- Operators, with operands of both kinds.
local add = function(a, b) return (type(a) == "table" and a.v or a) + (type(b) == "table" and b.v or b) end
local equal = function(a, b) return a.v == b.v end
local less = function(a, b) return a.v < b.v end
local function number(v) return setmetatable({ v = v }, { __add = add, __eq = equal, __lt = less }) end
local total, equals, smaller = 0, 0, 0
for i = 1, 300 do
  local a, b = number(i), number(i % 7)
  total = total + (a + b) + (a + 1) + (1 + b)
  if a == b then equals = equals + 1 end
  if b < a then smaller = smaller + 1 end
end
print(total, equals, smaller)

-- Given another metatable, none, the same again.
local o = new(1)
local own = getmetatable(o)
print(setmetatable(o, own) == o, getmetatable(o) == own)
setmetatable(o, { __index = function(_, k) return k .. "!" end })
print(o.value, o.get, getmetatable(o) == own)
setmetatable(o, nil)
print(o.value, o.get, getmetatable(o))
setmetatable(o, own)
print(o.get == Class.get, getmetatable(o) == own, fields(o))

-- Objects that become dictionaries, targets and metatables themselves.
local many = new(0)
for i = 1, 100 do many["k" .. i] = i end
print(many.k100, many:get(), getmetatable(many) ~= nil, many.name)
local base = new(5)
local derived = setmetatable({}, { __index = base })
print(derived.value, derived:get(), derived.name)
base.value = 6
print(derived.value, getmetatable(derived).__index == base, getmetatable(base).__index == Class)
local meta_object = new(1)
meta_object.__index = function(_, k) return "from " .. k end
print(setmetatable({}, meta_object).foo, getmetatable(meta_object).__index == Class)
local a, b = {}, {}
for _ = 1, 3 do
  a, b = setmetatable({}, { __len = add }), setmetatable({}, { __len = add })
  setmetatable(a, nil)
  setmetatable(a, b)
  setmetatable(b, nil)
  setmetatable(b, a)
  print(getmetatable(a) == b, getmetatable(b) == a)
end
local selfish
for _ = 1, 3 do
  selfish = { __index = Class }
  print(setmetatable(selfish, selfish).name, getmetatable(selfish) == selfish)
end

-- The metatable keeps what it refers to, and dies with the object.
local weak = setmetatable({}, { __mode = "k" })
do
  local kept = {}
  for i = 1, 30 do
    local object = new(i)
    weak[getmetatable(object)] = true
    if i % 3 == 0 then kept[#kept + 1] = object end
  end
  collectgarbage() collectgarbage()
  local count = 0
  for _ in pairs(weak) do count = count + 1 end
  print(count >= 10, kept[10]:get(), getmetatable(kept[10]).__index == Class)
end

-- Made weak later: the object's own values go, its metatable stays.
local holders = {}
for i = 1, 20 do holders[i] = setmetatable({ i = i }, { __index = Class, __name = "holder" }) end
getmetatable(holders[4]).__mode = "v"
holders[4].gone, holders[5].kept = {}, {}
collectgarbage() collectgarbage()
print(holders[4].gone, type(holders[5].kept), holders[4].name, getmetatable(holders[4]).__name, getmetatable(holders[4]).__mode)

-- Protected, finalized.
local function protected() return setmetatable({}, { __metatable = "locked" }) end
protected() protected()
local p = protected()
print(getmetatable(p), pcall(setmetatable, p, {}))
local finalized = 0
local gc = function() finalized = finalized + 1 end
for _ = 1, 5 do setmetatable({}, { __gc = gc }) end
collectgarbage() collectgarbage()
print(finalized)

-- Changed in the middle of a loop that has been running for long.
local list = {}
for i = 1, 100 do list[i] = new(1) end
local count = 0
for round = 1, 100 do
  for i = 1, 100 do
    count = count + list[i]:get()
    if round == 60 and i == 50 then
      getmetatable(list[51]).__index = { get = function() return 1000 end }
    end
  end
end
print(count)
