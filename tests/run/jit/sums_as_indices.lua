-- Indices that are sums of a loop's variable and what the loop does not change: checked ahead of the loop, out of bounds or not.
local function reverse(list)
  local n = #list
  for i = 1, n // 2 do
    local j = n - i + 1
    list[i], list[j] = list[j], list[i]
  end
  return table.concat(list, " ")
end

local function window(list, from, to, base)
  local sum = 0
  for i = from, to do
    local value = list[base + i]
    if value then
      sum = sum + value
    end
  end
  return sum
end

local function backward(list, from, to, base)
  local sum = 0
  for i = from, to do
    sum = sum + (list[base - i] or 1000)
  end
  return sum
end

local function strict(list, first, last, step, base)
  local sum = 0
  for i = first, last, step do
    sum = sum + list[i + base - 1]
  end
  return sum
end

local function matrix(cells, width, height)
  local sum = 0
  for y = 0, height - 1 do
    for x = 1, width do
      sum = sum + cells[y * width + x] * (x - y)
    end
  end
  return sum
end

local function fill(cells, width, height, value)
  for y = height, 1, -1 do
    for x = width, 1, -1 do
      cells[(y - 1) * width + x] = value + x * y
    end
  end
  return #cells
end

local list, cells = {}, {}
for i = 1, 60 do
  list[i] = i
  cells[i] = i % 7
end
for round = 1, 80 do
  reverse({ 1, 2, 3, 4, 5, 6, 7, 8 })
  window(list, 1, 20, round % 30)
  backward(list, 1, 20, 30 + round % 10)
  strict(list, 1, 40, 1, round % 10 + 1)
  strict(list, 40, 1, -3, round % 10 + 1)
  matrix(cells, 6, 10)
  fill(cells, 6, 10, round)
end
print(reverse({}), reverse({ 1 }), reverse({ 1, 2 }), reverse({ 1, 2, 3, 4, 5 }))
print(window(list, 1, 60, 0), window(list, 1, 60, 1), window(list, -5, 5, 0), window(list, 1, 10, 55), window(list, 1, 10, -1))
print(window(list, 1, 3, math.maxinteger), window(list, 1, 3, math.maxinteger - 2), window(list, 1, 3, math.mininteger))
print(window(list, 1, 100, -50), window(list, 61, 70, 0), window(list, 1, 0, 0))
print(window(list, math.maxinteger - 1, math.maxinteger, math.mininteger + 3), window(list, (1 << 47) - 2, (1 << 47) - 1, 10 - (1 << 47)))
print(backward(list, 1, 20, 21), backward(list, 1, 20, 20), backward(list, 1, 20, 81), backward(list, -60, -1, 0))
print(backward(list, 1, 3, math.mininteger), backward(list, math.mininteger, math.mininteger + 2, math.mininteger + 4))
for _, arguments in ipairs({ { 1, 60, 1, 1 }, { 1, 61, 1, 1 }, { 0, 60, 1, 1 }, { 60, 1, -1, 1 }, { 60, 0, -1, 1 }, { 1, 60, 7, 0 },
  { 1, 60, 7, 5 }, { 5, 1, -2, -3 }, { 1, 3, 1, math.mininteger }, { 1, 5, 1, 0 } }) do
  print(table.unpack(arguments))
  print(pcall(strict, list, table.unpack(arguments)))
end
print(matrix(cells, 6, 10), matrix(cells, 10, 6), pcall(matrix, cells, 6, 11))
print(matrix(cells, 0, 5), matrix(cells, 5, 0), pcall(matrix, cells, 7, 9))
print(fill({}, 3, 3, 1), fill(cells, 8, 8, 0), fill(cells, 6, 11, 0), matrix(cells, 6, 11))

-- Tables that get shorter or longer, or get a metatable, while the loop runs.
local function shrinking(list, by)
  local sum, n = 0, #list
  for i = 0, n - 1 do
    local value = list[n - i]
    sum = sum + (value or 100)
    if i % by == 0 then
      list[#list] = nil
    end
  end
  return sum, #list
end
local function copy(from)
  return table.move(from, 1, #from, 1, {})
end
for by = 1, 40 do
  shrinking(copy(list), by)
end
print(shrinking(copy(list), 1), shrinking(copy(list), 7))
print(shrinking(copy(list), 100))

local function growing(list, base)
  local sum = 0
  for i = 1, 10 do
    list[base + i] = i
    sum = sum + list[base + i - 1] + #list
  end
  return sum
end
for _ = 1, 60 do
  growing(copy(list), 50)
  growing(copy(list), 60)
end
print(growing(copy(list), 50), growing(copy(list), 60), growing(copy(list), 55), pcall(growing, copy(list), 70))

local function reading(list, base, give)
  local seen = {}
  for i = 1, 6 do
    seen[i] = tostring(list[base + i])
    if i == give then
      setmetatable(list, { __index = function(_, key) return "inherited " .. key end })
    end
  end
  return table.concat(seen, ",")
end
for _ = 1, 60 do
  reading(copy(list), 50, 0)
  reading(copy(list), 57, 0)
end
print(reading(copy(list), 50, 3))
print(reading(copy(list), 57, 3))
print(reading(copy(list), 57, 5))
