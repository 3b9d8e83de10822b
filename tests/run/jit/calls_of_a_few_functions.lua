-- Calls of one of a few functions: each may be translated in place; others come late, fail, yield, or look at their frames.

local function class(parent)
  local c = setmetatable({}, { __index = parent })
  c.__index = c
  return c
end

local Shape = class()
function Shape:area() return 0 end
function Shape:scaled(by) return self:area() * by, self.name end
local Square = class(Shape)
function Square:area() return self.side * self.side end
local Disc = class(Shape)
function Disc:area() return 3 * self.r * self.r end
local Pair = class(Shape)
function Pair:area() return self.a:area() + self.b:area() end

local function square(n) return setmetatable({ name = "square", side = n }, Square) end
local function disc(n) return setmetatable({ name = "disc", r = n }, Disc) end
local function pair(a, b) return setmetatable({ name = "pair", a = a, b = b }, Pair) end

local shapes = {}
for i = 1, 40 do
  shapes[i] = i % 3 == 0 and square(i) or i % 3 == 1 and disc(i) or pair(square(i), disc(1))
end

local function total(list)
  local sum, names = 0, 0
  for i = 1, #list do
    local area, name = list[i]:scaled(2)
    sum = sum + area + list[i]:area()
    names = names + #name
  end
  return sum, names
end
for _ = 1, 60 do total(shapes) end
print(total(shapes))

-- A class that was not there before, with a method that fails and one that yields.
local Late = class(Shape)
function Late:area() error("no area of " .. self.name) end
shapes[41] = setmetatable({ name = "late" }, Late)
for _ = 1, 5 do print(pcall(total, shapes)) end
function Late:area() return coroutine.yield(self.name) end
local co = coroutine.wrap(function() return total(shapes) end)
print(co())
print(co(5))
print(co(7))

-- A method is replaced while the sites know it.
function Square:area() return self.side end
for _ = 1, 30 do total({ square(3), disc(2), pair(square(1), disc(1)) }) end
print(total({ square(3), disc(2), pair(square(1), disc(1)) }))

-- Fields in other slots, and of instances.
local odd = setmetatable({ side = 4, x = 1, y = 2, name = "odd" }, Square)
local own = setmetatable({ name = "own", area = function(s) return #s.name end }, Disc)
for _ = 1, 30 do total({ odd, own, square(2) }) end
print(total({ odd, own, square(2) }))

-- Natives, Lua functions and callable tables at one site, for none, one and several results.
local callable = setmetatable({}, { __call = function(_, x) return x * 10, "called" end })
local fs = {
  math.abs, math.floor, tostring, type, callable,
  function(x) return x + 1 end,
  function(x) return x, x + 2, x + 3 end,
  function() end,
}
local function apply(from, to)
  local out = {}
  for n = 1, 40 do
    for i = from, to do
      local f = fs[i]
      f(n)
      local one = f(-n)
      local a, b, c = f(n)
      out[i] = table.concat({ tostring(one), tostring(a), tostring(b), tostring(c) }, " ")
    end
  end
  return table.concat(out, ", ", from, to)
end
print(apply(1, 3))
print(apply(6, 8))
print(apply(5, 8))
print(apply(1, 8))

-- Closures made again and again, of several functions.
local function adder(n) return function(x) return x + n end end
local function maker(n) return function(x) return x * n end end
local function fold(n)
  local s = 0
  for i = 1, n do
    local f = i % 2 == 0 and adder(i) or maker(i)
    s = (s + f(3)) % 100003
  end
  return s
end
for _ = 1, 20 do fold(50) end
print(fold(1000))

-- The frame of a function that was called as one of a few.
local function where() return debug.traceback("here", 1):gsub("\n.*in main chunk.*", "") end
local tracers = { function() return (where()) end, function() local s = where() return s end }
local function trace(n)
  local last
  for i = 1, n do last = tracers[i % 2 + 1]() end
  return last
end
print(select("#", trace(200)), (trace(201):find("here", 1, true)))
