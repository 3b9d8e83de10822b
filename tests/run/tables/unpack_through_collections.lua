-- The room for all results outlasts collections, which give back unused stack, in the metamethods called on the way.
local t = {}
for i = 1, 10000 do t[i] = i end
t[1] = nil
setmetatable(t, { __index = function(_, i) collectgarbage() collectgarbage() return -i end })
local function sum(...)
  local s = 0
  for _, v in ipairs { ... } do s = s + v end
  return s
end
print(select("#", table.unpack(t, 1, 10000)), sum(table.unpack(t, 1, 10000)))
print(select(9999, table.unpack(t, 1, 10001)))
