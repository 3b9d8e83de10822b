-- Class hierarchies with super calls and dynamic changes.
local Object = {} Object.__index = Object
function Object:extend()
  local c = {}
  for k, v in pairs(self) do if type(k) == "string" and k:sub(1, 2) == "__" then c[k] = v end end
  c.__index = c
  c.super = self
  return setmetatable(c, self)
end
function Object:new(...) end
function Object.__call(cls, ...) local o = setmetatable({}, cls) o:new(...) return o end
function Object:name() return "Object" end
local A = Object:extend()
function A:new(x) self.x = x end
function A:name() return "A" .. self.x end
function A.__tostring(s) return "<" .. s:name() .. ">" end
local B = A:extend()
function B:new(x, y) B.super.new(self, x) self.y = y end
function B:name() return "B" .. A.name(self) .. self.y end
local a, b = A(1), B(2, 3)
print(a:name(), b:name(), tostring(a), tostring(b), a.super == Object, b.super == A)
function Object:later() return "later " .. self:name() end
print(a:later(), b:later())
function A:later() return "A.later" end
print(a:later(), b:later())
A.later = nil
print(a:later(), b:later())
b.name = function() return "own" end
print(b:later(), tostring(b))
setmetatable(b, A)
b.name = nil
print(b:later(), rawget(b, "y"))
