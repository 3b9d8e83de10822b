-- Closures share upvalues; a fresh local makes a fresh upvalue.
local function counter()
  local n = 0
  return function() n = n + 1 return n end, function() return n end, function(v) n = v end
end
local inc, get, set = counter()
inc() inc()
print(get()) set(10) print(inc(), get())
local inc2, get2 = counter()
print(inc2(), get2(), get())
local fs = {}
for i = 1, 3 do local j = i * 10 fs[i] = function() i = i + 1 j = j - 1 return i, j end end
print(fs[1]()) print(fs[1]()) print(fs[2]()) print(fs[3]())
local function nest()
  local a = 1
  return function() local b = a return function() a = a + 1 b = b + 10 return a, b end end
end
local mk = nest()
local x, y = mk(), mk()
print(x()) print(x()) print(y()) print(x())
local function rec(n) if n == 0 then return 0 end return n + rec(n - 1) end
print(rec(10))
local function outer(a)
  local function set2(v) a = v end
  local function get3() return a end
  return set2, get3
end
local s, g = outer("param") print(g()) s("changed") print(g())
