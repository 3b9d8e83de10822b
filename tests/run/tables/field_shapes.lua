-- The same fields added in different orders, deleted and re-added.
local function build(order) local t = {} for i, k in ipairs(order) do t[k] = k .. i end return t end
local orders = { { "a", "b", "c" }, { "c", "b", "a" }, { "b", "a", "c" }, { "a", "c", "b" }, { "x", "a", "b", "c" } }
for r = 1, 3 do
  for _, o in ipairs(orders) do local t = build(o) io.write(t.a, t.b, t.c, tostring(t.x), " ") end
  print()
end
local t = build(orders[1])
t.b = nil t.d = "d" t.b = "b again"
print(t.a, t.b, t.c, t.d)
t.a = nil t.c = nil t.d = nil
local n = 0 for _ in pairs(t) do n = n + 1 end print(n)
local objs = {}
for i = 1, 20 do
  local o = { id = i }
  if i % 2 == 0 then o.even = true end
  if i % 3 == 0 then o.three = i / 3 end
  if i % 5 == 0 then o.id = nil end
  objs[i] = o
end
local ids, evens, threes = 0, 0, 0
for _, o in ipairs(objs) do
  ids = ids + (o.id or 0)
  evens = evens + (o.even and 1 or 0)
  threes = threes + (o.three or 0)
end
print(ids, evens, threes)
local big = {}
for i = 1, 300 do big["f" .. i] = i end
local sum = 0 for i = 1, 300 do sum = sum + big["f" .. i] end print(sum, big.f150, big.f301)
for i = 1, 300, 2 do big["f" .. i] = nil end
sum = 0 for k, v in pairs(big) do sum = sum + v end print(sum, big.f1, big.f2)
