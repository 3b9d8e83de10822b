-- Method calls through three levels of inheritance, overridden and super methods, accessors: a figure editor's display list.

local Figure = {}
Figure.__index = Figure

function Figure.new(class, x, y)
  return setmetatable({ x = x, y = y, moved = 0 }, class)
end

function Figure:area()
  return 0
end

function Figure:move(dx, dy)
  self.x = self.x + dx
  self.y = self.y + dy
  self.moved = self.moved + 1
  return self
end

function Figure:position()
  return self.x, self.y
end

function Figure:weight()
  return self:area() + self.moved
end

local function subclass(parent)
  local class = setmetatable({}, { __index = parent })
  class.__index = class
  return class
end

local Box = subclass(Figure)

function Box.new(class, x, y, width, height)
  local box = Figure.new(class, x, y)
  box.width, box.height = width, height
  return box
end

function Box:area()
  return self.width * self.height
end

function Box:grow(by)
  self.width = self.width + by
  self.height = self.height + by
end

local Frame = subclass(Box)

function Frame.new(class, x, y, width, height, border)
  local frame = Box.new(class, x, y, width, height)
  frame.border = border
  return frame
end

function Frame:area()
  local inner = 2 * self.border
  return Box.area(self) - (self.width - inner) * (self.height - inner)
end

local Disc = subclass(Figure)

function Disc.new(class, x, y, radius)
  local disc = Figure.new(class, x, y)
  disc.radius = radius
  return disc
end

function Disc:area()
  return 3 * self.radius * self.radius
end

function Disc:grow(by)
  self.radius = self.radius + by
end

local Group = subclass(Figure)

function Group.new(class, x, y)
  local group = Figure.new(class, x, y)
  group.members = {}
  return group
end

function Group:add(figure)
  local members = self.members
  members[#members + 1] = figure
  return self
end

function Group:area()
  local total = 0
  for _, member in ipairs(self.members) do
    total = total + member:area()
  end
  return total
end

function Group:move(dx, dy)
  Figure.move(self, dx, dy)
  for _, member in ipairs(self.members) do
    member:move(dx, dy)
  end
  return self
end

function Group:grow(by)
  for _, member in ipairs(self.members) do
    member:grow(by)
  end
end

local function build(rows)
  local root = Group:new(0, 0)
  for i = 1, rows do
    local row = Group:new(i, 0)
    for j = 1, 5 do
      row:add(Box:new(i, j, 3, j))
      row:add(Frame:new(j, i, 9, 8, 1))
      row:add(Disc:new(i + j, i - j, 2))
    end
    root:add(row)
  end
  return root
end

local function run(n)
  local root = build(20)
  local total = 0
  for step = 1, n do
    root:move(step % 3 - 1, step % 2)
    if step % 4 == 0 then
      root:grow(step % 8 == 0 and 1 or -1)
    end
    local x, y = root:position()
    total = (total + root:area() + root:weight() + x * 3 + y) % 1000003
  end
  return total
end

return {
  name = "methods",
  n = 560,
  expected = 940309,
  quick_n = 10,
  quick_expected = 87694,
  run = run,
}
