-- The position that error adds at each level, through Lua and C functions.
local function at(level)
  error("here", level)
end
local function one(l) at(l) end
local function two(l) one(l) end
for l = 0, 5 do print(l, select(2, pcall(two, l))) end
print(pcall(error, "direct", 1))
print(pcall(error, "direct", 2))
local t = setmetatable({}, { __index = function(_, k) error("no " .. k, 2) end })
print(pcall(function() return t.field end))
print(pcall(function()
  local x = 1
  return t.other
end))
print(pcall(string.gsub, "x", "x", function() error("in callback", 2) end))
print(pcall(function() table.sort({ 2, 1 }, function() error("cmp", 1) end) end))
print(pcall(load("error('chunk')", "=chunk")))
print(pcall(load("error('chunk', 2)", "=chunk")))
print(pcall(load("\n\nlocal function f() error('deep') end\n\nf()", "@multi.lua")))
