-- next and pairs while the table is changed in the ways the manual allows, in hot traversals.
local t = {}
for i = 1, 200 do t[i] = i t["k" .. i] = -i end
local seen, sum = 0, 0
for k, v in pairs(t) do
  seen = seen + 1
  sum = sum + v
  t[k] = v * 2
end
print(seen, sum)
for k in pairs(t) do t[k] = nil end
print(next(t), #t)

-- Clearing ahead and behind: each remaining key is seen once.
for i = 1, 300 do t["x" .. i] = i end
local visited, removed = {}, 0
for k in next, t do
  if visited[k] then print("twice", k) end
  visited[k] = true
  for j = 1, 3 do
    local other = "x" .. (tonumber(k:sub(2)) * 7 + j) % 300 + 1
    if other ~= k and t[other] and not visited[other] and removed < 100 then t[other] = nil removed = removed + 1 end
  end
  t[k] = nil
end
local count = 0
for _ in pairs(visited) do count = count + 1 end
print(count + removed, removed, next(t))

-- next by hand, from the start, from a key, over an array, after the last, and with a key that is not there.
local list = { 10, 20, 30, nil, 50, x = 1 }
local n, k, v = 0, nil, nil
for _ = 1, 100 do
  k, v = next(list, k)
  while k ~= nil do
    n = n + v
    k, v = next(list, k)
  end
end
print(n, next({}), next({}, nil), next(list), next(list, 2))
print(pcall(next, list, "absent")) print(pcall(next, {}, 1)) print(pcall(next)) print(pcall(next, 5))
print(rawequal(next, pairs({})), select("#", pairs({})))

-- Traversal order of an array part is by index; the hash part follows, whatever it is.
local mixed = { "a", "b", "c" }
for i = 4, 260 do mixed[i] = "v" .. i end
mixed.name = "n"
local in_order, position = 0, 0
for key in pairs(mixed) do
  position = position + 1
  if key == position then in_order = in_order + 1 end
end
print(position, in_order)

-- __pairs appears, changes and vanishes; nested traversals of one table; break and start again.
local o = setmetatable({ 1, 2, 3 }, {})
local results = {}
for i = 1, 300 do
  if i == 100 then
    getmetatable(o).__pairs = function(x)
      return function(_, key)
        key = (key or 0) + 1
        if key <= 5 then return key, key * 10 end
      end, x
    end
  elseif i == 200 then getmetatable(o).__pairs = nil
  end
  local total = 0
  for _, value in pairs(o) do total = total + value end
  results[total] = (results[total] or 0) + 1
end
print(results[6], results[150])
local cells = 0
for a in pairs(list) do
  for b in pairs(list) do
    if a == b then cells = cells + 1 elseif type(a) ~= type(b) then cells = cells + 10 end
  end
end
print(cells)
local starts = 0
for _ = 1, 300 do for _ in pairs(list) do starts = starts + 1 break end end
print(starts)
-- Values are replaced by nil during ipairs, and the table is grown behind the traversal.
local steps = 0
local grow = { 1 }
for i in ipairs(grow) do
  steps = steps + 1
  if i < 400 then grow[i + 1] = i end
end
print(steps, #grow)
