-- Operator overloading: a vector type with arithmetic, comparison, call, concatenation and indexing metamethods, used
-- by a particle integrator; a proxy with function __index and __newindex.

local Vector = {}
local methods = {}

local function vector(x, y)
  return setmetatable({ x, y }, Vector)
end

local names = { x = 1, y = 2 }

Vector.__index = function(self, key)
  local slot = names[key]
  if slot then
    return rawget(self, slot)
  end
  return methods[key]
end

Vector.__add = function(a, b)
  return vector(a[1] + b[1], a[2] + b[2])
end

Vector.__sub = function(a, b)
  return vector(a[1] - b[1], a[2] - b[2])
end

Vector.__mul = function(a, b)
  if type(a) == "number" then
    return vector(a * b[1], a * b[2])
  elseif type(b) == "number" then
    return vector(a[1] * b, a[2] * b)
  end
  return a[1] * b[1] + a[2] * b[2]
end

Vector.__unm = function(a)
  return vector(-a[1], -a[2])
end

Vector.__eq = function(a, b)
  return a[1] == b[1] and a[2] == b[2]
end

Vector.__lt = function(a, b)
  return a * a < b * b
end

Vector.__concat = function(a, b)
  return tostring(a) .. tostring(b)
end

Vector.__tostring = function(a)
  return ("<%g,%g>"):format(a[1], a[2])
end

Vector.__call = function(self, dx, dy)
  return vector(self[1] + dx, self[2] + dy)
end

function methods:turned()
  return vector(-self.y, self.x)
end

local function observed(target)
  local reads, writes = 0, 0
  local proxy = setmetatable({}, {
    __index = function(_, key)
      reads = reads + 1
      return target[key]
    end,
    __newindex = function(_, key, value)
      writes = writes + 1
      target[key] = value
    end,
  })
  return proxy, function()
    return reads, writes
  end
end

local function run(n)
  local position, velocity = vector(1, 0), vector(0, 0.5)
  local farthest, turns, equal = position, 0, 0
  local state, statistics = observed({ energy = 0, steps = 0 })
  for step = 1, n do
    local pull = -position * (1 / 64)
    velocity = velocity + pull * 0.25 + velocity:turned() * 0.001
    position = position + 0.125 * velocity
    if farthest < position then
      farthest = position
    end
    if position - velocity == vector(position.x - velocity.x, position.y - velocity.y) then
      equal = equal + 1
    end
    if step % 16 == 0 then
      state.energy = state.energy + velocity * velocity
      state.steps = state.steps + 1
      position = position(0.001, -0.001)
      turns = turns + (position.x > 0 and 1 or 0)
    end
  end
  local reads, writes = statistics()
  return ("%.9f %s %d %d %d"):format(state.energy, farthest .. position, equal, turns, reads + writes + state.steps)
end

return {
  name = "vectors",
  n = 25000,
  expected = "247.180814636 <-0.248671,-2.97598><1.26021,-1.0817> 25000 778 7810",
  quick_n = 400,
  quick_expected = "3.403036733 <-0.497976,2.75961><-1.13495,1.34556> 400 12 125",
  run = run,
}
