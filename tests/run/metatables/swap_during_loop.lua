-- Metatables replaced while a hot loop runs over the same object.
local plain = { __index = function(_, k) return 1 end, __add = function(a, b) return 10 end }
local other = { __index = function(_, k) return 2 end, __add = function(a, b) return 20 end }
local o = setmetatable({}, plain)
local s, p = 0, 0
for i = 1, 300 do
  s = s + o.x
  p = p + (o + i)
  if i == 100 then setmetatable(o, other) end
  if i == 200 then other.__index = { x = 3 } other.__add = function(a, b) return b end end
end
print(s, p)
local base = { f = function() return 1 end }
local objs = {}
for i = 1, 10 do objs[i] = setmetatable({}, { __index = base }) end
local total = 0
for r = 1, 60 do
  for i = 1, 10 do total = total + objs[i].f() end
  if r == 20 then base.f = function() return 2 end end
  if r == 40 then objs[5].f = function() return 100 end end
  if r == 50 then setmetatable(objs[7], nil) objs[7].f = function() return 1000 end end
end
print(total)
local t = setmetatable({}, {})
local hits = 0
for i = 1, 50 do
  t[i] = i
  if i == 25 then getmetatable(t).__newindex = function(t, k, v) hits = hits + 1 end end
end
print(#t, hits)
