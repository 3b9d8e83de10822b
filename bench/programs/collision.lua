-- Collision detection between moving spheres: immutable 3D vectors as objects, a spatial hash grid, swept tests.

local compat = ...

local Vector = {}
Vector.__index = Vector

function Vector.new(x, y, z)
  return setmetatable({ x = x, y = y, z = z }, Vector)
end

function Vector:plus(other)
  return Vector.new(self.x + other.x, self.y + other.y, self.z + other.z)
end

function Vector:minus(other)
  return Vector.new(self.x - other.x, self.y - other.y, self.z - other.z)
end

function Vector:times(factor)
  return Vector.new(self.x * factor, self.y * factor, self.z * factor)
end

function Vector:dot(other)
  return self.x * other.x + self.y * other.y + self.z * other.z
end

function Vector:length_squared()
  return self:dot(self)
end

local Body = {}
Body.__index = Body

function Body.new(id, position, velocity, radius)
  return setmetatable({ id = id, position = position, velocity = velocity, radius = radius, hits = 0 }, Body)
end

function Body:destination()
  return self.position:plus(self.velocity)
end

-- Reflects the velocity at the walls of the cube [0, size].
function Body:advance(size)
  local target = self:destination()
  local vx, vy, vz = self.velocity.x, self.velocity.y, self.velocity.z
  if target.x < 0 or target.x > size then
    vx = -vx
  end
  if target.y < 0 or target.y > size then
    vy = -vy
  end
  if target.z < 0 or target.z > size then
    vz = -vz
  end
  self.velocity = Vector.new(vx, vy, vz)
  self.position = self:destination()
end

-- The time in [0, 1] at which the two bodies first touch during this step, or nil.
function Body:time_of_contact(other)
  local offset = other.position:minus(self.position)
  local approach = other.velocity:minus(self.velocity)
  local reach = self.radius + other.radius
  local c = offset:length_squared() - reach * reach
  if c <= 0 then
    return 0
  end
  local a = approach:length_squared()
  local b = offset:dot(approach)
  if a == 0 or b >= 0 then
    return nil
  end
  local discriminant = b * b - a * c
  if discriminant < 0 then
    return nil
  end
  local time = (-b - math.sqrt(discriminant)) / a
  if time > 1 then
    return nil
  end
  return time
end

local Grid = {}
Grid.__index = Grid

local KEY_BASE = 1024

function Grid.new(cell_size)
  return setmetatable({ cell_size = cell_size, cells = {}, keys = {} }, Grid)
end

local floor = math.floor

-- Enters a body into each cell that the box around its path touches.
function Grid:insert(body)
  local from, to, radius, size = body.position, body:destination(), body.radius, self.cell_size
  local x1, x2 = floor((math.min(from.x, to.x) - radius) / size), floor((math.max(from.x, to.x) + radius) / size)
  local y1, y2 = floor((math.min(from.y, to.y) - radius) / size), floor((math.max(from.y, to.y) + radius) / size)
  local z1, z2 = floor((math.min(from.z, to.z) - radius) / size), floor((math.max(from.z, to.z) + radius) / size)
  for x = x1, x2 do
    for y = y1, y2 do
      for z = z1, z2 do
        self:enter((x * KEY_BASE + y) * KEY_BASE + z, body)
      end
    end
  end
end

function Grid:enter(key, body)
  local cell = self.cells[key]
  if not cell then
    cell = {}
    self.cells[key] = cell
    self.keys[#self.keys + 1] = key
  end
  cell[#cell + 1] = body
end

-- Calls visit(a, b) once for every pair of bodies that share a cell.
function Grid:each_pair(visit)
  local seen = {}
  for _, key in ipairs(self.keys) do
    local cell = self.cells[key]
    for i = 1, #cell - 1 do
      for j = i + 1, #cell do
        local a, b = cell[i], cell[j]
        local pair = a.id * 65536 + b.id
        if not seen[pair] then
          seen[pair] = true
          visit(a, b)
        end
      end
    end
  end
end

local function make_bodies(count, size)
  local random = compat.random(7)
  local bodies = {}
  for i = 1, count do
    local position = Vector.new(random(size * 16) / 16, random(size * 16) / 16, random(size * 16) / 16)
    local velocity = Vector.new((random(65) - 32) / 32, (random(65) - 32) / 32, (random(65) - 32) / 32)
    bodies[i] = Body.new(i, position, velocity, 0.5 + random(8) / 16)
  end
  return bodies
end

local function exchange(a, b)
  a.velocity, b.velocity = b.velocity, a.velocity
  a.hits, b.hits = a.hits + 1, b.hits + 1
end

local function run(n)
  local size = 24
  local bodies = make_bodies(n, size)
  local contacts, time_sum = 0, 0.0
  for _ = 1, 8 do
    local grid = Grid.new(2.5)
    for _, body in ipairs(bodies) do
      grid:insert(body)
    end
    grid:each_pair(function(a, b)
      local time = a:time_of_contact(b)
      if time then
        contacts, time_sum = contacts + 1, time_sum + time
        exchange(a, b)
      end
    end)
    for _, body in ipairs(bodies) do
      body:advance(size)
    end
  end
  local centre = Vector.new(0, 0, 0)
  for _, body in ipairs(bodies) do
    centre = centre:plus(body.position:times(1 / n))
  end
  return ("%d %.6f %.6f"):format(contacts, time_sum, centre:length_squared())
end

return {
  name = "collision",
  n = 500,
  expected = "1035 263.710456 445.111165",
  quick_n = 20,
  quick_expected = "2 0.742518 498.443945",
  run = run,
}
