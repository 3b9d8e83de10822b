-- __eq, __lt, __le and their conversions to booleans.
local log = {}
local mt = {
  __eq = function(a, b) log[#log + 1] = "eq" return a.v == b.v end,
  __lt = function(a, b) log[#log + 1] = "lt" return (type(a) == "table" and a.v or a) < (type(b) == "table" and b.v or b) end,
  __le = function(a, b) log[#log + 1] = "le" return (type(a) == "table" and a.v or a) <= (type(b) == "table" and b.v or b) end,
}
local function V(v) return setmetatable({ v = v }, mt) end
local a, b, c = V(1), V(2), V(1)
print(a == b, a == c, a ~= b, a ~= c, a == a, a == 1, 1 == a)
print(a < b, a <= b, a > b, a >= b, b < a, a <= c)
print(a < 5, 5 < a, a <= 1, 0 >= a, 0 < a)
print(table.concat(log, " "))
print(rawequal(a, c))
local odd = setmetatable({}, { __eq = function() return "truthy" end, __lt = function() return nil end, __le = function()
  return 0
end })
print(odd == setmetatable({}, getmetatable(odd)), odd < odd, odd <= odd, odd ~= {}, not (odd < 1))
print(pcall(function() return {} < {} end))
print(pcall(function() return {} < 1 end))
print(pcall(function() return "a" < 1 end))
print(pcall(function() return nil <= nil end))
print(pcall(function() return print > print end))
local only_lt = setmetatable({}, { __lt = function() return true end })
print(only_lt < only_lt, pcall(function() return only_lt <= only_lt end))
local d1, d2 = setmetatable({}, { __eq = function() return true end }), setmetatable({}, {})
print(d1 == d2, d2 == d1)
if a == c then print "branch" end
while not (a == c) do end
