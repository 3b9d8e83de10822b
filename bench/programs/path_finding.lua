-- Shortest paths on a grid with walls: Dijkstra and A* with a binary heap of records, neighbours by offsets.

local compat = ...

return compat.compile("path_finding", [==[
local compat = ...

local Heap = {}
Heap.__index = Heap

function Heap.new()
  return setmetatable({ size = 0, cells = {}, costs = {} }, Heap)
end

function Heap:push(cell, cost)
  local cells, costs = self.cells, self.costs
  local child = self.size + 1
  self.size = child
  while child > 1 do
    local parent = idiv(child, 2)
    if costs[parent] <= cost then
      break
    end
    cells[child], costs[child] = cells[parent], costs[parent]
    child = parent
  end
  cells[child], costs[child] = cell, cost
end

function Heap:pop()
  local cells, costs, size = self.cells, self.costs, self.size
  local top, top_cost = cells[1], costs[1]
  local cell, cost = cells[size], costs[size]
  cells[size], costs[size] = nil, nil
  size = size - 1
  self.size = size
  if size > 0 then
    local parent = 1
    while true do
      local child = parent * 2
      if child > size then
        break
      end
      if child < size and costs[child + 1] < costs[child] then
        child = child + 1
      end
      if costs[child] >= cost then
        break
      end
      cells[parent], costs[parent] = cells[child], costs[child]
      parent = child
    end
    cells[parent], costs[parent] = cell, cost
  end
  return top, top_cost
end

local Grid = {}
Grid.__index = Grid

function Grid.new(width, height, random)
  local weights = {}
  for cell = 1, width * height do
    weights[cell] = random(7) == 0 and 0 or 1 + random(9)
  end
  weights[1], weights[2], weights[width * height - 1], weights[width * height] = 1, 1, 1, 1
  return setmetatable({ width = width, height = height, weights = weights }, Grid)
end

function Grid:neighbours(cell)
  local width = self.width
  local column = (cell - 1) % width
  local left = column > 0 and cell - 1 or nil
  local right = column < width - 1 and cell + 1 or nil
  local up = cell > width and cell - width or nil
  local down = cell + width <= width * self.height and cell + width or nil
  return left, right, up, down
end

function Grid:distance(a, b)
  local width = self.width
  local ax, bx = (a - 1) % width, (b - 1) % width
  return math.abs(ax - bx) + math.abs(idiv(a - 1, width) - idiv(b - 1, width))
end

local Search = {}
Search.__index = Search

function Search.new(grid, goal, guided)
  return setmetatable({ grid = grid, goal = goal, guided = guided, best = {}, heap = Heap.new(), settled = 0 }, Search)
end

function Search:reach(cell, cost)
  if not cell then
    return
  end
  local weight = self.grid.weights[cell]
  if weight == 0 then
    return
  end
  cost = cost + weight
  local known = self.best[cell]
  if not known or cost < known then
    self.best[cell] = cost
    self.heap:push(cell, self.guided and cost + self.grid:distance(cell, self.goal) or cost)
  end
end

function Search:run(start)
  local done = {}
  self.best[start] = 0
  self.heap:push(start, 0)
  while self.heap.size > 0 do
    local cell = self.heap:pop()
    if cell == self.goal then
      return self.best[cell]
    end
    if not done[cell] then
      done[cell] = true
      self.settled = self.settled + 1
      local cost = self.best[cell]
      local left, right, up, down = self.grid:neighbours(cell)
      self:reach(left, cost)
      self:reach(right, cost)
      self:reach(up, cost)
      self:reach(down, cost)
    end
  end
  return -1
end

local function run(n)
  local random, out = compat.random(61), {}
  for i = 1, 3 do
    local grid = Grid.new(n, n, random)
    local plain, guided = Search.new(grid, n * n, false), Search.new(grid, n * n, true)
    local cost = plain:run(1)
    assert(guided:run(1) == cost, "the two searches differ")
    out[i] = ("%d/%d/%d"):format(cost, plain.settled, guided.settled)
  end
  return table.concat(out, " ")
end

return {
  name = "path_finding",
  n = 105,
  expected = "693/9468/9463 666/9479/9478 685/9459/9451",
  quick_n = 12,
  quick_expected = "75/127/124 78/118/116 75/124/123",
  run = run,
}
]==], compat)
