-- Allocation and collection of many small objects: perfect trees built and dropped, and a treap kept alive while nodes
-- come and go.

local compat = ...

local function grow(depth)
  if depth == 0 then
    return {}
  end
  return { grow(depth - 1), grow(depth - 1) }
end

local function count(tree)
  local left = tree[1]
  if not left then
    return 1
  end
  return 1 + count(left) + count(tree[2])
end

local function rotate_right(node)
  local left = node.left
  node.left, left.right = left.right, node
  return left
end

local function rotate_left(node)
  local right = node.right
  node.right, right.left = right.left, node
  return right
end

local function insert(node, key, priority)
  if not node then
    return { key = key, priority = priority, left = nil, right = nil }
  end
  if key < node.key then
    node.left = insert(node.left, key, priority)
    if node.left.priority > node.priority then
      return rotate_right(node)
    end
  elseif key > node.key then
    node.right = insert(node.right, key, priority)
    if node.right.priority > node.priority then
      return rotate_left(node)
    end
  end
  return node
end

local function join(a, b)
  if not a or not b then
    return a or b
  elseif a.priority > b.priority then
    a.right = join(a.right, b)
    return a
  end
  b.left = join(a, b.left)
  return b
end

local function remove(node, key)
  if not node then
    return nil
  elseif key < node.key then
    node.left = remove(node.left, key)
  elseif key > node.key then
    node.right = remove(node.right, key)
  else
    return join(node.left, node.right)
  end
  return node
end

local function digest(node)
  if not node then
    return 0, 0
  end
  local left_count, left_height = digest(node.left)
  local right_count, right_height = digest(node.right)
  return left_count + right_count + 1, math.max(left_height, right_height) + 1
end

local function run(n)
  local random = compat.random(23)
  local kept, treap, total = grow(n), nil, 0
  for depth = 2, n, 2 do
    for _ = 1, 2 ^ (n - depth) do
      total = total + count(grow(depth))
    end
  end
  for _ = 1, 2 ^ n do
    treap = insert(treap, random(2000), random(1000000))
    treap = remove(treap, random(2000))
  end
  return ("%d %d %d %d"):format(total, count(kept), digest(treap))
end

return {
  name = "binary_trees",
  n = 13,
  expected = "95574 16383 954 21",
  quick_n = 6,
  quick_expected = "363 127 61 9",
  run = run,
}
