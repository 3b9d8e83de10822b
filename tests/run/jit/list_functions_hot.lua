-- Functions of lists, raw access and checks in compiled code.

local insert, remove, unpack = table.insert, table.remove, table.unpack

local function stack(n)
  local list = {}
  for i = 1, n do
    insert(list, i)
    if i % 3 == 0 then remove(list) end
  end
  return list
end
for _ = 1, 20 do
  stack(30)
end
print(table.concat(stack(30), " "))

local function queue(n)
  local list, sum = {}, 0
  for i = 1, n do
    insert(list, 1, i)
    insert(list, #list, -i)
    if #list > 5 then sum = sum * 3 + remove(list, 1) - remove(list, 2) end
  end
  return list, sum
end
for _ = 1, 20 do
  queue(30)
end
local list, sum = queue(30)
print(table.concat(list, " "), sum)

local function take(t, i)
  return remove(t, i)
end
for _ = 1, 60 do
  take({ 1, 2, 3 }, 2)
end
print(take({ 1, 2, 3 }, 3), take({ 1, 2, 3 }, 4), take({}, 0), take({ [0] = "zero" }, 0))
print(pcall(take, { 1, 2, 3 }, 5))
print(pcall(take, { 1, 2, 3 }, -1))
print(pcall(take, 5, 1))
local function pop(t)
  return remove(t)
end
for _ = 1, 60 do
  pop({ 1, 2 })
end
print(pop({}), pop({ "a" }), pop({ [0] = "zero" }), pop({ 1, nil, 3 }))
local zero = { [0] = "zero" }
print(pop(zero), zero[0])
local holes = { 1, 2, nil, 4 }
while #holes > 0 do
  pop(holes)
end
print(#holes, next(holes))
local function put(t, i, v)
  insert(t, i, v)
  return #t
end
for _ = 1, 60 do
  put({ 1, 2, 3 }, 2, "x")
end
print(put({ 1, 2 }, 3, "end"), put({ 1, 2 }, 1, nil), put({}, 1, "only"))
print(pcall(put, { 1, 2 }, 4, "x"))
print(pcall(put, { 1, 2 }, 0, "x"))
local logged = setmetatable({}, {
  __newindex = function(t, k, v)
    rawset(t, k, v * 2)
  end,
  __len = function()
    return 3
  end,
})
print(put(logged, 4, 21), rawget(logged, 4), rawlen(logged))

local function ends(t)
  local a, b, c = unpack(t)
  return a, b, c
end
for _ = 1, 60 do
  ends({ 1, 2 })
end
print(ends({}))
print(ends({ 1, nil, 3 }))
print(ends({ 1, 2, 3, 4 }))
print(ends(setmetatable({ 1 }, { __len = function() return 2 end, __index = function(_, k) return -k end })))
print(pcall(ends, nil))

local function raw(t, k, v)
  local old = rawget(t, k)
  rawset(t, k, v)
  return old, rawlen(t), rawequal(old, v)
end
for i = 1, 60 do
  raw({ 1, 2 }, "k", i)
end
print(raw({ 1, 2 }, 3, 3))
print(raw({ 1, 2 }, 2, 2))
print(raw(setmetatable({}, { __index = function() return "no" end }), "k", nil))
print(pcall(raw, {}, nil, 1))
print(pcall(raw, {}, 0 / 0, 1))
print(pcall(raw, "x", 1, 1))
local roles = {}
roles.__index = roles
local child = setmetatable({}, roles)
for i = 1, 60 do
  rawset(roles, "field", i)
  if i == 60 then print(child.field) end
  rawset(roles, "field", nil)
end
print(child.field)

local function checked(v, message)
  return assert(v, message)
end
for i = 1, 60 do
  checked(i, "no")
end
print(checked("yes", 1))
print(pcall(checked, false, "message"))
print(pcall(checked, nil))
print(type(select(2, pcall(checked, nil, { 1 }))))
print(select("#", checked(1, nil)))

local Class = {}
local hidden = setmetatable({}, { __metatable = "locked" })
local function meta_of(v)
  return getmetatable(v)
end
local instance = setmetatable({}, Class)
for _ = 1, 60 do
  meta_of(instance)
end
print(meta_of(instance) == Class, meta_of({}), meta_of(hidden), meta_of("s").__index == string, meta_of(5))

local function whole(x)
  return math.tointeger(x)
end
for i = 1, 60 do
  whole(i + 0.0)
end
print(whole(3.0), whole(3.5), whole(2 ^ 53), whole(2 ^ 63), whole("8"), whole("x"), whole({}))
local function magnitude(x)
  return math.abs(x)
end
for i = 1, 60 do
  magnitude(-i)
end
print(magnitude(-5), magnitude(5), magnitude(math.mininteger), magnitude(-0.0), magnitude(-1 << 60))

-- Kinds of numbers, and lengths of tables whose metatables may say otherwise.
local function number_kind(x)
  return math.type(x)
end
for i = 1, 60 do
  number_kind(i)
  if i > 30 then number_kind(i + 0.5) end
end
print(number_kind(1), number_kind(1.0), number_kind(1 << 60), number_kind("1"), number_kind({}), pcall(number_kind))
local function size(t)
  return #t
end
local classes = { setmetatable({ 1, 2, 3 }, Class), setmetatable({ 1, 2 }, {}), { 1 } }
for i = 1, 90 do
  size(classes[i % 3 + 1])
end
print(size(classes[1]), size(classes[2]), size(classes[3]), size("four"))
print(size(setmetatable({}, { __len = function() return "length" end })))
Class.__len = function(t) return -rawlen(t) end
print(size(classes[1]), size(classes[2]))
Class.__len = nil
print(size(classes[1]), pcall(size, 5))
