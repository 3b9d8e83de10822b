-- table.insert and table.remove at both ends and in the middle, table.concat, a double-ended queue, stacks, and a
-- Josephus circle.

local compat = ...

local function josephus(count, step)
  local circle = {}
  for i = 1, count do
    table.insert(circle, i)
  end
  local position = 1
  while #circle > 1 do
    position = (position + step - 2) % #circle + 1
    table.remove(circle, position)
  end
  return circle[1]
end

local function insertion_sorted(random, count)
  local list = {}
  for _ = 1, count do
    local value = random(1000)
    local low, high = 1, #list + 1
    while low < high do
      local middle = low + (high - low - (high - low) % 2) / 2
      if list[middle] < value then
        low = middle + 1
      else
        high = middle
      end
    end
    table.insert(list, low, value)
  end
  return list
end

local function stack_machine(random, steps)
  local stack, sum = {}, 0
  for _ = 1, steps do
    if #stack < 2 or random(5) > 2 then
      table.insert(stack, random(100))
    else
      local b, a = table.remove(stack), table.remove(stack)
      table.insert(stack, (a * 3 + b) % 1009)
      sum = sum + stack[#stack]
    end
  end
  return sum, #stack
end

local function queue_rounds(count, rounds)
  local queue = {}
  for i = 1, count do
    queue[i] = i
  end
  for round = 1, rounds do
    local item = table.remove(queue, 1)
    if round % 3 == 0 then
      table.insert(queue, 1, item)
      table.insert(queue, table.remove(queue, 2))
    else
      table.insert(queue, item)
    end
  end
  return table.concat(queue, ",", 1, 5)
end

local function run(n)
  local random = compat.random(13)
  local list = insertion_sorted(random, n)
  local sum, depth = stack_machine(random, n * 60)
  local digits = table.concat(list, "")
  return ("%d %d %d %d %s"):format(josephus(n * 2, 7), #digits, sum, depth, queue_rounds(60, n * 20))
end

return {
  name = "table_editing",
  n = 1800,
  expected = "2552 5212 22955203 2 1,2,3,4,5",
  quick_n = 60,
  quick_expected = "81 176 760565 2 1,2,3,4,5",
  run = run,
}
