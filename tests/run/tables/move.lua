-- table.move: overlap in both directions, other table, limits.
local function show(t) local s = {} for i = 1, 8 do s[i] = tostring(t[i]) end print(table.concat(s, " ")) end
show(table.move({ 1, 2, 3, 4 }, 1, 3, 2))
show(table.move({ 1, 2, 3, 4 }, 2, 4, 1))
show(table.move({ 1, 2, 3 }, 1, 3, 5))
show(table.move({ 1, 2, 3 }, 1, 3, 1)) show(table.move({ 1, 2, 3 }, 2, 1, 1)) show(table.move({ 1, 2, 3 }, 1, 3, 2, {}))
local src, dst = { "a", "b", "c" }, { "x", "y" }
print(table.move(src, 2, 3, 3, dst) == dst) show(dst)
show(table.move({ 1, 2, 3 }, 0, 2, 2))
print(pcall(table.move, {}, 1, math.maxinteger, 2))
print(pcall(table.move, {}, -1, math.maxinteger, 2))
print(pcall(table.move, {}, 1, 10, math.maxinteger))
print(pcall(table.move, { 1 }, 1, 1))
print(pcall(table.move, 1, 1, 1, 1))
print(pcall(table.move, {}, 1, 1, 1, 5))
print(pcall(table.move, {}, "a", 1, 1))
local log = {}
local p = setmetatable({}, { __index = function(_, k) log[#log + 1] = "get" .. k return k end, __newindex = function(_, k, v)
  log[#log + 1] = "set" .. k .. "=" .. v
end })
table.move(p, 1, 3, 2) print(table.concat(log, " ")) log = {}
table.move(p, 3, 5, 2) print(table.concat(log, " "))
show(table.move({ [math.maxinteger] = "top" }, math.maxinteger, math.maxinteger, 1))
show(table.move({ [math.mininteger] = "bot" }, math.mininteger, math.mininteger, 2))
