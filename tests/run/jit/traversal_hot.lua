-- Traversals in hot loops: what compiled code knows of them has to hold while tables change under it.

local function total(t)
  local count, sum = 0, 0
  for key, value in pairs(t) do
    count = count + 1
    if type(key) == "number" then sum = sum + key * value else sum = sum + #key + value end
  end
  return count, sum
end

local list, fields, mixed, sparse = {}, {}, {}, {}
for i = 1, 50 do
  list[i] = i * 2
  fields["k" .. i] = i
  mixed[i] = i
  mixed["m" .. i] = -i
  sparse[i * 7] = i
end
sparse[0] = 5
sparse[-1] = 6
for _ = 1, 40 do
  total(list)
  total(fields)
  total(mixed)
  total(sparse)
end
print(total(list))
print(total(fields))
print(total(mixed))
print(total(sparse))
print(total({}))

-- Keys of every kind, the integer 0 and floats among them.
local odd = { [0] = 1, [-3] = 2, [1] = 3, [2] = 4, [1.5] = 5, [2 ^ 53] = 6, [math.mininteger] = 7 }
local seen = {}
for _ = 1, 30 do
  for key, value in pairs(odd) do
    seen[math.type(key) .. value] = (seen[math.type(key) .. value] or 0) + 1
  end
end
local names = {}
for name, times in pairs(seen) do
  names[#names + 1] = name .. "=" .. times
end
table.sort(names)
print(table.concat(names, " "))

-- Existing fields may be changed and cleared meanwhile.
local function clear_some(t, keep)
  local cleared = 0
  for key, value in pairs(t) do
    if value % keep ~= 0 then
      t[key] = nil
      cleared = cleared + 1
    else
      t[key] = value + keep
    end
  end
  return cleared
end
for round = 1, 30 do
  local t = {}
  for i = 1, 40 do
    t[i], t["f" .. i], t[i + 1000] = i, i, i
  end
  local cleared, left = clear_some(t, 3), 0
  for _ in pairs(t) do
    left = left + 1
  end
  if round % 10 == 0 then
    print(round, cleared, left)
  end
end

-- A traversal that is left, nested ones over the same table, and values that are captured.
local function nested(t)
  local n = 0
  for a in pairs(t) do
    for b in pairs(t) do
      if a == b then
        n = n + 1
        break
      end
    end
  end
  return n
end
for _ = 1, 20 do
  nested(fields)
end
print(nested(fields), nested(mixed), nested(list))
local getters = {}
for key, value in pairs(list) do
  getters[key] = function()
    value = value + 1
    return key, value
  end
end
local sum = 0
for _, getter in pairs(getters) do
  local key, value = getter()
  sum = sum + key * value
end
print(sum)

-- `__pairs`, other iterators, and no table at all, at the same place.
local function count(t)
  local n = 0
  for _, value in pairs(t) do
    n = n + value
  end
  return n
end
local proxy = setmetatable({}, {
  __pairs = function(t)
    return function(_, key)
      key = (key or 0) + 1
      if key < 5 then return key, key * 100 end
    end, t, nil
  end,
})
local counts = {}
for i = 1, 60 do
  counts[i % 3 + 1] = count(i % 3 == 0 and proxy or list)
end
print(counts[1], counts[2], counts[3])
print(pcall(count, 5))
print(pcall(count, nil))
print(select("#", pairs({})), (pairs({})) == next)

-- Keys that are not in the table.
local function after(t, key)
  return next(t, key)
end
for _ = 1, 50 do
  after(list, 1)
  after(fields, nil)
end
print(after(list, 50), after({}, nil))
print(pcall(after, list, "absent"))
print(pcall(after, list, 51))
local function loop_from(t, first)
  local n = 0
  for _ in next, t, first do
    n = n + 1
  end
  return n
end
for _ = 1, 50 do
  loop_from(list, nil)
end
print(loop_from(list, 10), loop_from(fields, nil))
print(pcall(loop_from, list, "absent"))
print(pcall(loop_from, 5, nil))

-- `next` by hand, with one result and with more than two.
local function walk(t)
  local keys = 0
  local key, value, third = next(t)
  while key do
    keys = keys + 1
    if value == 8 then t[key] = nil end
    key, value, third = next(t, key)
    assert(third == nil)
  end
  return keys
end
for _ = 1, 20 do
  walk(list)
  walk(mixed)
end
print(walk(list), walk(mixed), walk({}))
local empty = 0
for i = 1, 100 do
  if next(i % 2 == 0 and list or {}) == nil then empty = empty + 1 end
end
print(empty)

-- A traversal across collections, with values of many types.
local function kinds(t)
  local text = 0
  for _, value in pairs(t) do
    if type(value) == "string" then
      text = text + #value
    elseif type(value) == "table" then
      text = text + #value
    elseif value then
      text = text + 1
    end
  end
  return text
end
local various = { 1, "two", { 3, 3, 3 }, 4.5, false, print, "six", nil, 8 }
various.x, various.y = "long", {}
for i = 1, 60 do
  if i % 20 == 0 then collectgarbage() end
  kinds(various)
end
print(kinds(various))
