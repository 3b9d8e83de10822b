-- Errors from table.sort and its comparator.
print(pcall(table.sort, { 1, "x" }))
print(pcall(table.sort, { {}, {} }))
print(pcall(table.sort, { 1, 2, nil, 4 }, function(a, b) return a < b end) ~= nil)
print(pcall(table.sort, { 1, 2, 3 }, 5))
print(pcall(table.sort, 5))
print(pcall(table.sort))
print(pcall(table.sort, { 3, 2, 1 }, function(a, b) error("in comparator", 0) end))
print(pcall(table.sort, { 3, 2, 1 }, function(a, b) return a.x < b.x end))
print(pcall(table.sort, { 1, 2, 3, 4, 5 }, function() return true end))
print(pcall(table.sort, setmetatable({}, { __len = function() return math.maxinteger end })))
print(pcall(table.sort, setmetatable({}, { __len = function() return "x" end })))
print(pcall(table.sort, {}, nil), pcall(table.sort, { 1 }, nil))
local n = 0
table.sort({ 5, 4, 3, 2, 1 }, function(a, b) n = n + 1 return a < b end)
print(n > 0)
local t = { 3, 1, 2 }
print(pcall(table.sort, t, function(a, b) t.touched = true return a < b end), t.touched, table.concat(t, " "))
local log = {}
local p = setmetatable({}, { __len = function() return 3 end, __index = function(_, i)
  return ({ 30, 10, 20 })[i]
end, __newindex = function(_, k, v) log[#log + 1] = k .. "=" .. v end })
table.sort(p) print(#log > 0)
