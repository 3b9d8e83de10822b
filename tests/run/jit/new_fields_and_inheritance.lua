-- Stores to fields that are nil, and reads of them, in hot code, while metatables learn new things.
local Class = {}
Class.__index = Class
local function make(n) return setmetatable({ n = n, link = nil, link2 = false }, Class) end
local function toggle(object, value)
  object.link = value
  local before = object.link
  object.link = nil
  return before, object.link
end
local object, ok = make(1), 0
for i = 1, 400 do
  local a, b = toggle(object, i)
  if a == i and b == nil then ok = ok + 1 end
end
print(ok)
-- A class learns a default for the field: what was nil is inherited from then on.
Class.link = "default"
print(toggle(object, 1))
for i = 1, 200 do toggle(object, i) end
print(select(2, toggle(object, 2)))
Class.link = nil
print(select(2, toggle(object, 2)))
-- The metatable learns to watch new fields.
local seen = {}
Class.__newindex = function(t, k, v) seen[#seen + 1] = k rawset(t, k, v) end
print(toggle(object, 3))
for i = 1, 200 do toggle(object, i) end
print(#seen > 200, seen[1])
Class.__newindex = nil
-- A grandparent learns the field.
local Base = { kind = "base" }
setmetatable(Class, { __index = Base })
local function kind_of(o) o.kind = nil return o.kind end
for i = 1, 300 do kind_of(object) end
print(kind_of(object))
Base.kind = nil
print(kind_of(object))
Base.kind = "again"
print(kind_of(object))
-- Sites with several shapes store by name where they know no better.
local function mark(o, v) o.mark = v return o.mark end
local shapes = {}
for i = 1, 12 do
  local t = i % 2 == 0 and setmetatable({}, Class) or {}
  for k = 1, i do t["f" .. k] = k end
  shapes[i] = t
end
local sum = 0
for round = 1, 60 do for i, t in ipairs(shapes) do sum = sum + mark(t, i) end end
print(sum)
local guarded = setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, v * 2) end })
print(mark(guarded, 21), mark(guarded, 5))
-- Elements of tables with a metatable.
local List = { __index = function(_, i) return -i end, __len = function() return 99 end }
local list = setmetatable({}, List)
local function fill(l, n) for i = 1, n do l[i] = i end local s = 0 for i = 1, n + 1 do s = s + l[i] end return s, #l end
for _ = 1, 40 do fill(list, 10) end
print(fill(list, 10))
List.__newindex = function(l, i, v) rawset(l, i, v + 1000) end
print(fill(setmetatable({}, List), 3))
print(fill({ 0, 0, 0, 0 }, 3))
