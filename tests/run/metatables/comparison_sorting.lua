-- Sorting and searching with __lt, __le and __eq on objects.
local Version = {}
Version.__index = Version
local function V(s)
  local parts = {}
  for n in s:gmatch("%d+") do parts[#parts + 1] = tonumber(n) end
  return setmetatable(parts, Version)
end
local function cmp(a, b)
  for i = 1, math.max(#a, #b) do
    local d = (a[i] or 0) - (b[i] or 0)
    if d ~= 0 then return d end
  end
  return 0
end
Version.__lt = function(a, b) return cmp(a, b) < 0 end
Version.__le = function(a, b) return cmp(a, b) <= 0 end
Version.__eq = function(a, b) return cmp(a, b) == 0 end
Version.__tostring = function(v) return table.concat(v, ".") end
local list = {}
for s in ("1.10 1.2 1.2.0 0.9.9 2 1.2.1 10.0"):gmatch("%S+") do list[#list + 1] = V(s) end
table.sort(list)
for i, v in ipairs(list) do io.write(i > 1 and " " or "", tostring(v)) end
print()
print(V "1.2" == V "1.2.0", V "1.2" ~= V "1.3", V "1.2" < V "1.10", V "2" >= V "1.9", V "1" > V "1.0")
print(rawequal(V "1", V "1"), math.max(1, 2), pcall(function() return V "1" < "1" end))
