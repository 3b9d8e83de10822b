-- Concatenation of many operands, numbers, right associativity and order.
local a, b, c = "x", 1, 2.5
print(a .. b .. c .. a .. b, b .. c, "" .. b, c .. "")
local log = {}
local mt = { __concat = function(l, r)
  local function n(v) return type(v) == "table" and v.name or tostring(v) end
  log[#log + 1] = n(l) .. "+" .. n(r)
  return setmetatable({ name = "(" .. n(l) .. n(r) .. ")" }, getmetatable(type(l) == "table" and l or r))
end }
local o = setmetatable({ name = "o" }, mt)
print(("p" .. "q" .. o .. "r" .. "s").name)
print(table.concat(log, " "))
local parts = {}
for i = 1, 150 do parts[i] = "'" .. i .. "'" end
print(#load("return " .. table.concat(parts, " .. "))())
local s = ""
for i = 1, 200 do s = s .. i .. "," end
print(#s, s:sub(-8))
print(pcall(function() return "a" .. nil end))
print(pcall(function() return {} .. "a" end))
print(pcall(function() local t = {} return "a" .. t.x .. "b" end))
print(pcall(function() return 1 .. true end))
print(1 .. "", -1 .. "|", 1e100 .. "|", 2^31 .. "|")
