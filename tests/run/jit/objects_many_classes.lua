-- The same method names on many classes; classes that change while in use.
local classes = {}
for c = 1, 10 do
  local C = {}
  C.__index = C
  C.id = c
  function C:area() return self.w * c end
  function C:name() return "C" .. self.id end
  if c % 3 == 0 then C.scale = function(self, k) self.w = self.w * k return self end end
  classes[c] = C
end
local objs = {}
for i = 1, 100 do
  local C = classes[i % 10 + 1]
  local o = setmetatable({}, C)
  if i % 2 == 0 then o.w, o.h = i, 1 else o.h, o.w = 1, i end
  objs[i] = o
end
local s = 0
for r = 1, 10 do for i = 1, 100 do s = s + objs[i]:area() end end
print(s)
classes[5].area = function() return 0 end
s = 0
for i = 1, 100 do s = s + objs[i]:area() end
print(s)
setmetatable(objs[1], classes[9])
classes[2].__index = function(o, k) return k == "area" and function() return 7 end or nil end
s = 0
for i = 1, 100 do s = s + objs[i]:area() end
print(s)
local n = 0
for i = 1, 100 do local ok = pcall(function() return objs[i]:scale(2) end) if ok then n = n + 1 end end
print(n)
local names = {}
for i = 1, 100 do
  local ok, nm = pcall(function() return objs[i]:name() end)
  nm = ok and nm or "error"
  names[nm] = (names[nm] or 0) + 1
end
local ks = {}
for k in pairs(names) do ks[#ks + 1] = k .. "=" .. names[k] end
table.sort(ks)
print(table.concat(ks, " "))
for i = 1, 100, 2 do objs[i].area = function(self) return 1000 end end
s = 0
for i = 1, 100 do s = s + objs[i]:area() end
print(s)
for i = 1, 100, 2 do objs[i].area = nil end
s = 0
for i = 1, 100 do s = s + objs[i]:area() end
print(s)
for i = 1, 100 do objs[i].w = nil end
print(pcall(function() for i = 1, 100 do local _ = objs[i]:area() end end))
local Base = {}
Base.__index = Base
function Base:v() return 1 end
local D = setmetatable({}, Base)
D.__index = D
local d = setmetatable({}, D)
s = 0
for i = 1, 90 do
  s = s + d:v()
  if i == 30 then
    function D:v() return 10 end
  elseif i == 60 then
    D.v = nil
    Base.v = function() return 100 end
  end
end
print(s)
