-- Backtracking: n queens with arrays of flags, permutations by recursive swaps, a knapsack by depth-first search.

local compat = ...

local function queens(size)
  local columns, rising, falling, solutions = {}, {}, {}, 0
  local function place(row)
    if row > size then
      solutions = solutions + 1
      return
    end
    for column = 1, size do
      local up, down = row + column, row - column + size
      if not columns[column] and not rising[up] and not falling[down] then
        columns[column], rising[up], falling[down] = true, true, true
        place(row + 1)
        columns[column], rising[up], falling[down] = false, false, false
      end
    end
  end
  place(1)
  return solutions
end

local function each_permutation(list, first, visit)
  if first > #list then
    return visit(list)
  end
  for i = first, #list do
    list[first], list[i] = list[i], list[first]
    each_permutation(list, first + 1, visit)
    list[first], list[i] = list[i], list[first]
  end
end

local function fixed_points(size)
  local list, derangements, total = {}, 0, 0
  for i = 1, size do
    list[i] = i
  end
  each_permutation(list, 1, function(permutation)
    local fixed = 0
    for i = 1, size do
      if permutation[i] == i then
        fixed = fixed + 1
      end
    end
    if fixed == 0 then
      derangements = derangements + 1
    end
    total = total + fixed
  end)
  return derangements, total
end

local function best_load(items, index, room, value, best)
  if value > best then
    best = value
  end
  for i = index, #items do
    local item = items[i]
    if item.weight <= room then
      best = best_load(items, i + 1, room - item.weight, value + item.value, best)
    end
  end
  return best
end

local function run(n)
  local random = compat.random(31)
  local items = {}
  for i = 1, n * 2 + 2 do
    items[i] = { weight = 3 + random(20), value = 5 + random(40) }
  end
  local derangements, total = fixed_points(n - 2)
  return ("%d %d %d %d"):format(queens(n), derangements, total, best_load(items, 1, n * 5, 0, 0))
end

return {
  name = "backtracking",
  n = 10,
  expected = "724 14833 40320 175",
  quick_n = 5,
  quick_expected = "10 2 6 113",
  run = run,
}
