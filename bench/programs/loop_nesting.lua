-- Analysis of control-flow graphs: generated procedures, reverse post-order, dominators (Cooper, Harvey and Kennedy's
-- iteration), back edges, natural loops and their nesting.

local compat = ...

local Block = {}
Block.__index = Block

function Block.new(id)
  return setmetatable({ id = id, successors = {}, predecessors = {}, order = 0, dominator = nil, loop = nil }, Block)
end

function Block:link(target)
  self.successors[#self.successors + 1] = target
  target.predecessors[#target.predecessors + 1] = self
end

local Graph = {}
Graph.__index = Graph

function Graph.new()
  local graph = setmetatable({ blocks = {} }, Graph)
  graph.entry = graph:add_block()
  return graph
end

function Graph:add_block()
  local block = Block.new(#self.blocks + 1)
  self.blocks[block.id] = block
  return block
end

-- Builds random structured code; every method takes the block that control comes from and returns the one it ends in.
local Generator = {}
Generator.__index = Generator

function Generator.new(graph, seed)
  return setmetatable({ graph = graph, random = compat.random(seed) }, Generator)
end

function Generator:sequence(block, length, depth)
  for _ = 1, length do
    block = self:statement(block, depth)
  end
  return block
end

function Generator:statement(block, depth)
  local choice = depth == 0 and 0 or self.random(6)
  if choice <= 1 then
    local after = self.graph:add_block()
    block:link(after)
    return after
  elseif choice <= 3 then
    return self:conditional(block, depth - 1)
  elseif choice == 4 then
    return self:while_loop(block, depth - 1)
  end
  return self:repeat_loop(block, depth - 1)
end

function Generator:conditional(block, depth)
  local yes, no, join = self.graph:add_block(), self.graph:add_block(), self.graph:add_block()
  block:link(yes)
  block:link(no)
  self:sequence(yes, self.random(3), depth):link(join)
  self:sequence(no, self.random(2), depth):link(join)
  return join
end

function Generator:while_loop(block, depth)
  local header, body, exit = self.graph:add_block(), self.graph:add_block(), self.graph:add_block()
  block:link(header)
  header:link(body)
  header:link(exit)
  local last = self:sequence(body, 1 + self.random(3), depth)
  if self.random(3) == 0 then
    last:link(exit)
  end
  last:link(header)
  return exit
end

function Generator:repeat_loop(block, depth)
  local body, exit = self.graph:add_block(), self.graph:add_block()
  block:link(body)
  local last = self:sequence(body, 1 + self.random(2), depth)
  last:link(body)
  last:link(exit)
  return exit
end

-- Reverse post-order without recursion, as procedures may be long.
local function reverse_post_order(graph)
  local post_order, visited = {}, { [graph.entry] = true }
  local stack, positions = { graph.entry }, { 1 }
  while #stack > 0 do
    local top = #stack
    local block = stack[top]
    local successor = block.successors[positions[top]]
    if successor then
      positions[top] = positions[top] + 1
      if not visited[successor] then
        visited[successor] = true
        stack[top + 1], positions[top + 1] = successor, 1
      end
    else
      post_order[#post_order + 1] = block
      stack[top], positions[top] = nil, nil
    end
  end
  local order = {}
  for i = #post_order, 1, -1 do
    local block = post_order[i]
    order[#order + 1] = block
    block.order = #order
  end
  return order
end

local function nearest_common_dominator(a, b)
  while a ~= b do
    while a.order > b.order do
      a = a.dominator
    end
    while b.order > a.order do
      b = b.dominator
    end
  end
  return a
end

local function compute_dominators(graph, order)
  graph.entry.dominator = graph.entry
  local passes, changed = 0, true
  while changed do
    changed = false
    passes = passes + 1
    for i = 2, #order do
      local block = order[i]
      local dominator
      for _, predecessor in ipairs(block.predecessors) do
        if predecessor.dominator then
          dominator = dominator and nearest_common_dominator(dominator, predecessor) or predecessor
        end
      end
      if block.dominator ~= dominator then
        block.dominator = dominator
        changed = true
      end
    end
  end
  return passes
end

local function dominates(a, b)
  while b.order > a.order do
    b = b.dominator
  end
  return a == b
end

local Loop = {}
Loop.__index = Loop

function Loop.new(header)
  return setmetatable({ header = header, parent = nil, block_count = 0, children = {} }, Loop)
end

function Loop:depth()
  local depth, loop = 0, self
  while loop do
    depth, loop = depth + 1, loop.parent
  end
  return depth
end

function Loop:outermost()
  local loop = self
  while loop.parent do
    loop = loop.parent
  end
  return loop
end

-- Collects the body of a natural loop backwards from its latches; loops found before lie inside it.
function Loop:collect(latches)
  local header, todo = self.header, latches
  while #todo > 0 do
    local block = table.remove(todo)
    if block ~= header and not block.loop then
      block.loop = self
      self.block_count = self.block_count + 1
      for _, predecessor in ipairs(block.predecessors) do
        todo[#todo + 1] = predecessor
      end
    elseif block ~= header then
      local inner = block.loop:outermost()
      if inner ~= self then
        inner.parent = self
        self.children[#self.children + 1] = inner
        for _, predecessor in ipairs(inner.header.predecessors) do
          todo[#todo + 1] = predecessor
        end
      end
    end
  end
  if not header.loop then
    header.loop = self
  end
  self.block_count = self.block_count + 1
end

-- Finds inner loops first: an inner header comes later in reverse post-order than an outer one.
local function find_loops(order)
  local loops = {}
  for i = #order, 1, -1 do
    local header, latches = order[i], {}
    for _, predecessor in ipairs(header.predecessors) do
      if dominates(header, predecessor) then
        latches[#latches + 1] = predecessor
      end
    end
    if #latches > 0 then
      local loop = Loop.new(header)
      loops[#loops + 1] = loop
      loop:collect(latches)
    end
  end
  return loops
end

local function run(n)
  local blocks, loop_count, deepest, checksum = 0, 0, 0, 0
  for seed = 1, n do
    local graph = Graph.new()
    Generator.new(graph, seed * 7919):sequence(graph.entry, 12, 5)
    local order = reverse_post_order(graph)
    local passes = compute_dominators(graph, order)
    local loops = find_loops(order)
    for _, loop in ipairs(loops) do
      local depth = loop:depth()
      deepest = math.max(deepest, depth)
      checksum = (checksum * 7 + depth * loop.block_count + #loop.children + passes) % 1000003
    end
    blocks, loop_count = blocks + #order, loop_count + #loops
  end
  return ("%d %d %d %d"):format(blocks, loop_count, deepest, checksum)
end

return {
  name = "loop_nesting",
  n = 150,
  expected = "25525 3444 5 407703",
  quick_n = 2,
  quick_expected = "457 66 5 170440",
  run = run,
}
