-- A class library: inheritance, mixins, properties, super calls, type checks, and a serialisable object graph.
local Object = { __name = "Object" }
Object.__index = Object
function Object:extend(name)
  local class = { __name = name, super = self }
  for k, v in pairs(self) do if k:find("^__") and class[k] == nil then class[k] = v end end
  class.__index = class
  return setmetatable(class, { __index = self, __call = function(c, ...) local o = setmetatable({}, c) o:init(...) return o end,
    __tostring = function(c) return "class " .. c.__name end })
end
function Object:init() end
function Object:isa(class) local c = getmetatable(self) while c do if c == class then return true end c = rawget(c, "super") end return false end
function Object:include(...) for _, mixin in ipairs({ ... }) do for k, v in pairs(mixin) do self[k] = v end end return self end
Object.__tostring = function(o) return o.__name .. "(" .. o:describe() .. ")" end
function Object:describe() return "" end
local Shape = Object:extend "Shape"
function Shape:init(name) self.name = name end
function Shape:area() error("abstract method in " .. tostring(getmetatable(self)), 2) end
function Shape:describe() return self.name .. (" area %.2f"):format(self:area()) end
local Circle, Rect = Shape:extend "Circle", Shape:extend "Rect"
function Circle:init(r) self.super.init(self, "circle") self.r = r end
function Circle:area() return math.pi * self.r ^ 2 end
function Rect:init(w, h) Shape.init(self, "rect") self.w, self.h = w, h end
function Rect:area() return self.w * self.h end
Rect.__eq = function(a, b) return a.w == b.w and a.h == b.h end
Rect.__lt = function(a, b) return a:area() < b:area() end
local Square = Rect:extend "Square"
function Square:init(s) self.super.init(self, s, s) self.name = "square" end
Square.__add = function(a, b) return Square(a.w + b.w) end
print(Circle(1), Rect(2, 3), Square(2), Square) print(Square(2) + Square(3), Rect(2, 2) == Square(2), Rect(1, 2) < Square(2), Rect(1, 2) == Rect(2, 1))
print(Square(1):isa(Rect), Square(1):isa(Shape), Square(1):isa(Circle), Circle(1):isa(Object), pcall(Shape("x").area, Shape("x")))
print(pcall(tostring, Shape "abstract")) print(pcall(function() return Circle(1) + 1 end)) print(pcall(function() return Square(1).nothing.more end))
-- Mixins and late changes to classes.
local Movable = { move = function(self, dx, dy) self.x, self.y = (self.x or 0) + dx, (self.y or 0) + (dy or 0) return self end,
  where = function(self) return (self.x or 0) .. "," .. (self.y or 0) end }
local Scalable = { scale = function(self, f) for _, k in ipairs({ "w", "h", "r" }) do if self[k] then self[k] = self[k] * f end end return self end }
Shape:include(Movable) Rect:include(Scalable)
local r = Rect(1, 2)
print(r:move(1, 2):move(3):where(), r:scale(2), pcall(function() return Circle(1):scale(2) end)) print(Square(3):scale(0.5):move(1).w, Circle(2):move(5, 5):where())
function Shape:describe() return "changed " .. self.name end print(r, Circle(1)) function Square:describe() return "own, was " .. Rect.describe(self) end print(Square(1), r)
-- Properties through __index and __newindex functions with read-only and computed fields.
local function property_class(props)
  local mt = {}
  mt.__index = function(o, k) local p = props[k] if p then return p.get(o) end return rawget(mt, k) end
  mt.__newindex = function(o, k, v)
    local p = props[k]
    if not p then rawset(o, k, v) elseif p.set then p.set(o, v) else error("property " .. k .. " is read-only", 2) end
  end
  return function(init) return setmetatable(init, mt) end
end
local temperature = property_class({
  fahrenheit = { get = function(o) return o.celsius * 9 / 5 + 32 end, set = function(o, v) o.celsius = (v - 32) * 5 / 9 end },
  kelvin = { get = function(o) return o.celsius + 273.15 end },
})
local t = temperature({ celsius = 100 })
print(t.fahrenheit, t.kelvin, t.other) t.fahrenheit = 32 print(t.celsius, pcall(function() t.kelvin = 0 end)) t.other = "plain" print(rawget(t, "other"), rawget(t, "fahrenheit"))
-- A polymorphic list, sorted and summed; many objects.
local shapes, total = {}, 0
for i = 1, 60 do shapes[i] = i % 3 == 0 and Circle(i / 10) or i % 3 == 1 and Rect(i, 61 - i) or Square(i) end
for _, s in ipairs(shapes) do total = total + s:area() end
table.sort(shapes, function(a, b) return a:area() < b:area() end)
print(("%.3f"):format(total), shapes[1].name, shapes[60].name, ("%.1f"):format(shapes[30]:area()))
