-- Comparisons of tables, which may be absent, with and without `__eq`, which comes and goes.

local function find(list, x) for i = 1, #list do if list[i] == x then return i end end return 0 end
local function differ(a, b) if a ~= b then return 1 end return 0 end
local plain, class = {}, {}
class.__index = class
local function object() return setmetatable({}, class) end
local a, b, c, d = {}, {}, object(), object()
local function run(n)
  local s = 0
  for i = 1, n do
    s = s + find({ a, b, c, d }, c) + find({ a, b }, d) + differ(a, b) + differ(c, d) + differ(c, c) + differ(a, c)
    s = s + differ(nil, a) + differ(c, nil) + differ(nil, nil)
  end
  return s
end
for _ = 1, 40 do run(10) end
print(run(100))
class.__eq = function(x, y) return rawequal(x, c) or rawequal(y, c) end
print(run(100))
class.__eq = nil
print(run(100))
-- The second operand's metatable decides if the first has none.
local eq = { __eq = function() return true end }
local e = setmetatable({}, eq)
print(differ(a, e), differ(e, a), differ(c, e), differ(nil, e), differ(e, nil))
for _ = 1, 100 do differ(a, e) end
print(run(10), differ(a, e), differ(d, c))
-- Yields and errors in the comparison.
eq.__eq = function() return coroutine.yield("asked") end
local co = coroutine.wrap(function() return differ(a, e), differ(e, e), differ(c, e) end)
print(co())
print(co(false))
print(co(true))
eq.__eq = function() error("not comparable") end
print(pcall(differ, a, e))
print(differ(1, 1.0), differ("x", "x"), differ(a, 1), differ(1, a), differ(print, print))
-- A metatable that is filled while it is in use.
local function fresh(n)
  local s = 0
  for i = 1, n do
    local m = {}
    local x, y = setmetatable({}, m), setmetatable({}, m)
    s = s + differ(x, y)
    m.__eq = function() return i % 2 == 0 end
    s = s + differ(x, y) * 10
    rawset(m, "__eq", nil)
    s = s + differ(x, y) * 100
  end
  return s
end
for _ = 1, 20 do fresh(10) end
print(fresh(50))
