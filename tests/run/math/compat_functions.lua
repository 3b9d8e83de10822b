-- The functions and the __le fallback that PUC's default build keeps from 5.3.
local function r(x) return ("%.9g"):format(x) end
print(math.pow and math.pow(2, 10), math.log10 and math.log10(1000), math.ldexp and math.ldexp(1.5, 4))
print(math.frexp and math.frexp(10), math.cosh and r(math.cosh(1)), math.sinh and r(math.sinh(1)), math.tanh and r(math.tanh(1)))
local lt = setmetatable({}, { __lt = function(a, b) return false end })
print(pcall(function() return lt <= lt end))
print(pcall(function() return lt >= lt end))
local names = {}
for k in pairs(math) do names[#names + 1] = k end
table.sort(names)
print(table.concat(names, " "))
