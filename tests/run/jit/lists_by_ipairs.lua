-- Loops of ipairs over lists, and over what is no list any more: elements in the dictionary, metatables, odd first indices.
local function sum(list)
  local total, last = 0, 0
  for i, v in ipairs(list) do
    total, last = total + v, i
  end
  return total, last
end
local list = {}
for i = 1, 50 do
  list[i] = i
end
for _ = 1, 80 do
  sum(list)
end
print(sum(list), sum({}), sum({ 1, 2, nil, 4 }), sum({ nil, 2 }))
local sparse = {}
for i = 20, 1, -1 do
  sparse[i] = i
end
print(sum(sparse), sum({ 1, [2] = 2, [3] = 3, [5] = 5 }))
for _ = 1, 80 do
  sum(sparse)
end
print(sum(sparse), sum(list))

-- Changes while the loop runs, seen only after many rounds without any.
local function changed(list, at, change)
  local seen = 0
  for i, v in ipairs(list) do
    seen = seen + v
    if i == at then
      change(list)
    end
  end
  return seen
end
local function nothing() end
local function fresh(n)
  local made = {}
  for i = 1, n do
    made[i] = i
  end
  return made
end
for _ = 1, 80 do
  changed(list, 3, nothing)
end
print(changed(fresh(9), 3, function(t) t[5] = nil end), changed(fresh(9), 3, function(t) t[#t] = nil end))
print(changed(fresh(9), 3, function(t) for i = 10, 99 do t[i] = 1 end end))
print(changed(fresh(9), 3, function(t) for i = 9, 1, -1 do t[i] = nil end end))
print(changed(fresh(9), 9, function(t) t[10] = 100 end), changed(fresh(9), 9, function(t) t[11] = 100 end))
print(changed(fresh(9), 3, function(t)
  setmetatable(t, { __index = function(_, i) if i < 13 then return 1000 end end })
end))
print(changed(fresh(9), 3, function(t) t[4], t[6] = 0.5, 2.5 end))
print(pcall(changed, fresh(9), 3, function(t) t[4] = {} end))

-- The iterator with other first values.
local step = ipairs({})
local function from(list, first)
  local n, last = 0, nil
  for i, v in step, list, first do
    n, last = n + 1, i
    if n > 100 then
      break
    end
  end
  return n, last
end
for _ = 1, 80 do
  from(list, 0)
end
print(from(list, 0), from(list, 10), from(list, 49), from(list, 50), from(list, -1))
print(from({ [0] = 1, [1] = 2 }, -1), from({ [math.mininteger] = 1 }, math.maxinteger), from(list, math.maxinteger))
print(from({ [1 << 47] = 1, [(1 << 47) + 1] = 2 }, (1 << 47) - 1), from({ [-(1 << 47)] = 1 }, -(1 << 47) - 1))
print(pcall(from, list, "x"), pcall(from, list, 1.5), pcall(from, nil, 0))
