-- Sorting: table.sort with and without a comparator, on numbers, strings and records, and a merge sort and a heap sort
-- written in Lua.

local compat = ...

return compat.compile("sorting", [==[
local compat = ...

local function merge_sort(list, less)
  local source, target, width = list, {}, 1
  local count = #list
  while width < count do
    for low = 1, count, 2 * width do
      local middle, high = low + width, low + 2 * width
      if middle > count + 1 then
        middle = count + 1
      end
      if high > count + 1 then
        high = count + 1
      end
      local i, j = low, middle
      for k = low, high - 1 do
        if i < middle and (j >= high or not less(source[j], source[i])) then
          target[k] = source[i]
          i = i + 1
        else
          target[k] = source[j]
          j = j + 1
        end
      end
    end
    source, target = target, source
    width = width * 2
  end
  return source
end

local function sift_down(heap, root, last)
  local value = heap[root]
  while true do
    local child = root * 2
    if child > last then
      break
    end
    if child < last and heap[child] < heap[child + 1] then
      child = child + 1
    end
    if heap[child] <= value then
      break
    end
    heap[root] = heap[child]
    root = child
  end
  heap[root] = value
end

local function heap_sort(list)
  local count = #list
  for root = idiv(count, 2), 1, -1 do
    sift_down(list, root, count)
  end
  for last = count, 2, -1 do
    list[1], list[last] = list[last], list[1]
    sift_down(list, 1, last - 1)
  end
end

local function weigh(list)
  local sum = 0
  for i = 1, #list do
    sum = (sum * 3 + list[i]) % 1000003
  end
  return sum
end

local function run(n)
  local random = compat.random(5)
  local plain, reversed, heap, names, records = {}, {}, {}, {}, {}
  for i = 1, n do
    local value = random(n * 4)
    plain[i], reversed[i], heap[i] = value, value, value
    names[i] = "key" .. value % 997 .. "/" .. i
    records[i] = { key = value % 50, serial = i }
  end
  table.sort(plain)
  table.sort(reversed, function(a, b)
    return a > b
  end)
  heap_sort(heap)
  table.sort(names)
  records = merge_sort(records, function(a, b)
    return a.key < b.key
  end)
  local serials = {}
  for i, record in ipairs(records) do
    serials[i] = record.serial
    assert(plain[i] == reversed[n + 1 - i] and plain[i] == heap[i], "orders differ")
  end
  return ("%d %d %s %s"):format(weigh(plain), weigh(serials), names[1], names[n])
end

return {
  name = "sorting",
  n = 20000,
  expected = "60133 271221 key0/10467 key996/9429",
  quick_n = 200,
  quick_expected = "772214 883852 key102/151 key99/99",
  run = run,
}
]==], compat)
