-- References, aliasing and copying.
local a = { 1, 2, { 3 } }
local b = a
b[1] = "changed"
print(a[1], a == b)
local function shallow(t) local r = {} for k, v in pairs(t) do r[k] = v end return r end
local function deep(t, seen)
  seen = seen or {}
  if type(t) ~= "table" then return t end
  if seen[t] then return seen[t] end
  local r = {} seen[t] = r
  for k, v in pairs(t) do r[deep(k, seen)] = deep(v, seen) end
  return setmetatable(r, getmetatable(t))
end
local s, d = shallow(a), deep(a)
a[3][1] = "deep change"
print(s[3][1], d[3][1], s[3] == a[3], d[3] == a[3])
local cyc = { name = "cyc" } cyc.self = cyc cyc.list = { cyc, cyc }
local c2 = deep(cyc)
print(c2.self == c2, c2.list[1] == c2, c2.list[2] == c2, c2 ~= cyc, c2.name)
local k1, k2 = {}, {}
local m = { [k1] = "k1", [k2] = "k2" }
print(m[k1], m[k2], m[{}])
local function eq(x, y)
  if type(x) ~= "table" or type(y) ~= "table" then return x == y end
  for k, v in pairs(x) do if not eq(v, y[k]) then return false end end
  for k in pairs(y) do if x[k] == nil then return false end end
  return true
end
print(eq({ 1, { a = 2 } }, { 1, { a = 2 } }), eq({ 1 }, { 1, 2 }), eq({ x = {} }, { x = { 1 } }))
