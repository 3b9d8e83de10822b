-- Linked structures: singly linked lists built, reversed and merged; a skip list with random levels; pointer chasing.

local compat = ...

local function from_random(random, count)
  local list
  for _ = 1, count do
    list = { value = random(100000), next = list }
  end
  return list
end

local function reverse(list)
  local result
  while list do
    local rest = list.next
    list.next = result
    result, list = list, rest
  end
  return result
end

local function merge(a, b)
  local anchor = {}
  local last = anchor
  while a and b do
    if a.value <= b.value then
      last.next, a = a, a.next
    else
      last.next, b = b, b.next
    end
    last = last.next
  end
  last.next = a or b
  return anchor.next
end

local function split(list)
  local slow, fast = list, list.next
  while fast and fast.next do
    slow, fast = slow.next, fast.next.next
  end
  local second = slow.next
  slow.next = nil
  return list, second
end

local function sorted(list)
  if not list or not list.next then
    return list
  end
  local first, second = split(list)
  return merge(sorted(first), sorted(second))
end

local SkipList = {}
SkipList.__index = SkipList

local LEVELS = 10

function SkipList.new(random)
  return setmetatable({ head = { forward = {} }, random = random, size = 0 }, SkipList)
end

-- The last node before `key` on every level.
function SkipList:path_to(key)
  local path, node = {}, self.head
  for level = LEVELS, 1, -1 do
    local following = node.forward[level]
    while following and following.key < key do
      node = following
      following = node.forward[level]
    end
    path[level] = node
  end
  return path
end

function SkipList:insert(key)
  local path = self:path_to(key)
  local found = path[1].forward[1]
  if found and found.key == key then
    found.count = found.count + 1
    return
  end
  local node, level = { key = key, count = 1, forward = {} }, 1
  repeat
    node.forward[level] = path[level].forward[level]
    path[level].forward[level] = node
    level = level + 1
  until level > LEVELS or self.random(3) ~= 0
  self.size = self.size + 1
end

function SkipList:remove(key)
  local path = self:path_to(key)
  local node = path[1].forward[1]
  if not node or node.key ~= key then
    return false
  end
  for level = 1, LEVELS do
    if path[level].forward[level] == node then
      path[level].forward[level] = node.forward[level]
    end
  end
  self.size = self.size - 1
  return true
end

local function run(n)
  local random = compat.random(3)
  local list = reverse(sorted(from_random(random, n * 3)))
  local sum, position = 0, 0
  while list do
    position = position + 1
    sum = (sum + list.value * (position % 10)) % 1000003
    list = list.next
  end
  local skip_list, removed = SkipList.new(random), 0
  for _ = 1, n do
    skip_list:insert(random(n * 2))
  end
  for _ = 1, n do
    if skip_list:remove(random(n * 2)) then
      removed = removed + 1
    end
  end
  local node = skip_list.head.forward[1]
  while node do
    sum = (sum * 3 + node.key * node.count) % 1000003
    node = node.forward[1]
  end
  return ("%d %d %d"):format(sum, skip_list.size, removed)
end

return {
  name = "linked_lists",
  n = 7000,
  expected = "37643 3360 2125",
  quick_n = 100,
  quick_expected = "128460 59 25",
  run = run,
}
