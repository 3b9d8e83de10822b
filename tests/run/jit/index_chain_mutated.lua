-- A chain of __index tables gains, loses and shadows fields while a hot loop reads through it.
local root = { value = 1, name = "root" }
local middle = setmetatable({}, { __index = root })
local leaf = setmetatable({}, { __index = middle })
local function total(n, events)
  local s = 0
  for i = 1, n do
    local e = events[i]
    if e then e() end
    s = s + leaf.value
  end
  return s
end
print(total(300, {}))
print(total(600, { [100] = function() middle.value = 10 end, [200] = function() leaf.value = 100 end,
  [300] = function() leaf.value = nil end, [400] = function() middle.value = nil end,
  [500] = function() root.value = 2 end }))
print(total(600, { [300] = function() setmetatable(middle, { __index = { value = 7 } }) end }))
print(total(600, { [300] = function() getmetatable(middle).__index = function(t, k)
  return t == middle and k == "value" and 3 or 0
end end }))
print(pcall(total, 600, { [599] = function() setmetatable(middle, nil) end }))
setmetatable(middle, { __index = root })

-- A field that was missing everywhere appears at each level in turn.
local function lookup(n, where)
  local hits, misses = 0, 0
  for i = 1, n do
    if i == n // 2 then where.late = true end
    if leaf.late then hits = hits + 1 else misses = misses + 1 end
  end
  where.late = nil
  return hits, misses
end
print(lookup(400, root)) print(lookup(400, middle)) print(lookup(400, leaf)) print(lookup(401, {}))

-- false and nil along the chain: only nil continues the search.
root.flag = "deep"
local seen = {}
for i = 1, 400 do
  if i == 100 then middle.flag = false elseif i == 200 then middle.flag = nil elseif i == 300 then leaf.flag = false end
  seen[#seen + 1] = tostring(leaf.flag):sub(1, 1)
end
leaf.flag = nil
print(seen[99], seen[100], seen[199], seen[200], seen[299], seen[300], seen[400])

-- rawset and rawget bypass the chain; rawset in the chain is noticed.
local n = 0
for i = 1, 500 do
  if i == 250 then rawset(root, "extra", 3) elseif i == 400 then rawset(root, "extra", nil) end
  n = n + (leaf.extra or 0) + (rawget(leaf, "extra") or 1)
end
print(n)

-- The chain is cut, turned into a loop, and restored.
local steps = {}
for i = 1, 300 do
  if i == 100 then setmetatable(root, { __index = leaf })
  elseif i == 200 then setmetatable(root, nil)
  end
  local ok, e = pcall(function() return leaf.nowhere end)
  if i % 99 == 0 or i == 100 or i == 200 then steps[#steps + 1] = tostring(ok) .. ":" .. tostring(e) end
end
print(table.concat(steps, "\n"))
