-- The key 0 comes after the array part in a traversal; what follows it is not the array again.
local function walk(t)
  local keys = {}
  for k, v in pairs(t) do keys[#keys + 1] = k .. "=" .. v end
  table.sort(keys)
  return table.concat(keys, " ")
end
local last
for i = 1, 300 do
  last = walk({ [0] = i, 10, 20, 30, [-1] = 1, x = 2 })
end
print(last)
