-- Variables that begin as integers and are floats from the second round on: what they are can be seen in the first.
local function sum(list)
  local total = 0
  for i = 1, #list do
    total = total + list[i]
  end
  return total
end

local floats, ints, mixed = {}, {}, {}
for i = 1, 40 do
  floats[i], ints[i], mixed[i] = i + 0.5, i, i % 3 == 0 and i + 0.25 or i
end
for _ = 1, 60 do
  sum(floats)
end
print(sum(floats), sum({}), math.type(sum({})), sum({ 1.0 }), sum({ 7 }), math.type(sum({ 7 })))
print(sum(ints), math.type(sum(ints)), sum(mixed), math.type(sum(mixed)), sum({ 0.0 }), sum({ -0.0 }))
print(pcall(sum, { 1.5, "x" }), pcall(sum, { "2", 1.5 }), pcall(sum, { {}, 1.5 }))

-- Negative zero, infinities and what is no number.
local function times(first, by, rounds)
  local product = first
  for _ = 1, rounds do
    product = product * by
  end
  return product
end
for round = 1, 60 do
  times(1, 0.5, round)
end
print(times(0, -1.0, 0), times(0, -1.0, 1), times(0, -1.0, 2), times(0, -1.0, 3), 1 / times(0, -1.0, 1))
print(times(3, 1 / 0, 4), times(0, 1 / 0, 2) ~= times(0, 1 / 0, 2), times(3, 2, 5), times(math.maxinteger, 1.0, 1))

-- The integers of the first round overflow as such.
local function spiral(x, y, rounds)
  local a, b = x, y
  for _ = 1, rounds do
    a, b = a * a - b * b + 0.25, 2 * a * b + 0.5
  end
  return a, b
end
for round = 1, 60 do
  spiral(0, 0, 10)
end
print(spiral(0, 0, 0))
print(spiral(0, 0, 1))
print(spiral(0, 0, 5))
print(spiral(math.maxinteger, 2, 1))
print(spiral(math.mininteger, math.mininteger, 1))
print(spiral(3037000500, 0, 1), math.type(spiral(3037000500, 0, 0)))
print(spiral(0.5, 0, 3))

-- Loops with several ways out, whose variables are used behind them.
local function search(list, limit)
  local total, seen = 0, nil
  local i = 1
  while i <= #list do
    local before = total
    total = total + list[i] * 0.5
    if total > limit then
      seen = before
      break
    end
    if list[i] < 0 then
      return "negative", i, before, total
    end
    i = i + 1
  end
  return total, i, seen, math.type(total)
end
for round = 1, 60 do
  search(floats, 1000)
  search(floats, round)
end
print(search(floats, 1000))
print(search(floats, 0.1))
print(search(floats, 1))
print(search({}, 1))
print(search({ -4 }, 1))
print(search({ 1, -4 }, 1))
print(search({ 8, 8 }, 3))

-- Loops in loops: what comes out of one goes into the next.
local function grid(width, height, step)
  local total, last = 0, 0
  for y = 1, height do
    local row = 0
    for x = 1, width do
      row = row + x * step
      last = row
    end
    for x = 1, width do
      total = total + row / x
      row = row - step
    end
    total = total + row
  end
  return total, last, math.type(total), math.type(last)
end
for round = 1, 30 do
  grid(6, 6, 0.5)
end
print(grid(6, 6, 0.5))
print(grid(0, 6, 0.5))
print(grid(6, 0, 0.5))
print(grid(1, 1, 0.5))
print(grid(3, 2, 2))

-- Variables that stay integers in some rounds, and closures and errors that see them.
local function some(list)
  local total = 0
  for i = 1, #list do
    if list[i] > 10 then
      total = total + list[i]
    end
  end
  return total
end
for _ = 1, 60 do
  some(floats)
end
print(some(floats), some({ 1.5, 2.5 }), math.type(some({ 1.5 })), some({ 1.5, 20.5, 3 }))

local function keep(list)
  local kept = {}
  local total = 0
  for i = 1, #list do
    kept[#kept + 1] = total
    total = total + list[i]
  end
  kept[#kept + 1] = total
  return table.concat(kept, " ")
end
for _ = 1, 60 do
  keep(floats)
end
print(keep({ 1.5, 2, 3 }))
print(keep({ 1, 2, 3.5 }))
print(keep({}))

-- Entered in the middle.
local total, inner = 0, 0
for i = 1, 3000 do
  inner = 0
  for j = 1, i % 7 do
    inner = inner + j * 0.5
  end
  total = total + inner
end
print(total, inner)

-- A variable that is watched while the loop runs.
local function watched(rounds)
  local value = 0
  for i = 1, rounds do
    if i == rounds then
      local name, seen = debug.getlocal(1, 2)
      print(name, seen, math.type(seen))
    end
    value = value + 0.5
  end
  return value
end
for rounds = 1, 3 do
  print(watched(rounds))
end
for _ = 1, 3 do
  print(watched(200))
end
