-- Traversing large tables: ipairs, pairs over array, hash and mixed tables, next, stateless and closure iterators,
-- clearing fields during traversal.

local function closure_iterator(list)
  local index = 0
  return function()
    index = index + 1
    return list[index]
  end
end

local function backwards(list, index)
  if index > 1 then
    return index - 1, list[index - 1]
  end
end

local function run(n)
  local list, map, mixed = {}, {}, {}
  for i = 1, n do
    list[i] = i % 1000
    map["key" .. i % 5000] = i
    mixed[i * 3] = i
    mixed[i] = -i
  end
  local sum = 0
  for index, value in ipairs(list) do
    sum = sum + index % 7 * value
  end
  for _, value in pairs(list) do
    sum = sum + value
  end
  for key, value in pairs(map) do
    sum = sum + #key + value
  end
  for key, value in pairs(mixed) do
    sum = sum + key - value
  end
  local key, value = next(mixed)
  local visited = 0
  while key do
    visited = visited + 1
    if value > 0 then
      mixed[key] = nil
    end
    key, value = next(mixed, key)
  end
  for item in closure_iterator(list) do
    sum = sum + item
  end
  for index, item in backwards, list, #list + 1 do
    sum = sum - item + index % 2
  end
  local left = 0
  for _ in pairs(mixed) do
    left = left + 1
  end
  return ("%d %d %d"):format(sum, visited, left)
end

return {
  name = "iteration",
  n = 100000,
  expected = "19576464173 166667 100000",
  quick_n = 2000,
  quick_expected = "13570676 3334 2000",
  run = run,
}
