-- table.sort with default and custom order, stability-free checks, many sizes.
local function sorted(t, f)
  for i = 2, #t do if f and f(t[i], t[i - 1]) or not f and t[i] < t[i - 1] then return false end end
  return true
end
local t = { 5, 2, 8, 1, 9, 3 } table.sort(t) print(table.concat(t, " "))
table.sort(t, function(a, b) return a > b end) print(table.concat(t, " "))
t = { "pear", "apple", "fig", "Zoo", "10", "9" } table.sort(t) print(table.concat(t, " "))
t = { 3, 1.5, -2, 2^53, -0.0, 1 / 0, -1 / 0 } table.sort(t) for i, v in ipairs(t) do io.write(v, " ") end print()
local seed = 42
local function rnd(n) seed = (seed * 1103515245 + 12345) % 2147483648 return seed // 65536 % n end
for _, n in ipairs { 0, 1, 2, 3, 4, 5, 10, 50, 101, 300 } do
  local a = {} for i = 1, n do a[i] = rnd(100) end
  table.sort(a) local s1 = sorted(a)
  local gt = function(x, y) return x > y end
  table.sort(a, gt) io.write(n, ":", tostring(s1), ",", tostring(sorted(a, gt)), " ")
end
print()
local recs = {} for i = 1, 30 do recs[i] = { k = rnd(1000) * 100 + i } end
table.sort(recs, function(a, b) return a.k < b.k end) print(sorted(recs, function(a, b) return a.k < b.k end))
local same = {} for i = 1, 50 do same[i] = 7 end table.sort(same) print(#same, same[1], same[50])
local asc, desc = {}, {} for i = 1, 200 do asc[i], desc[i] = i, 201 - i end
table.sort(asc) table.sort(desc) print(sorted(asc), sorted(desc), asc[200], desc[1])
local obj = {}
for i = 1, 10 do obj[i] = setmetatable({ v = rnd(50) }, { __lt = function(a, b) return a.v < b.v end }) end
table.sort(obj) local ok = true for i = 2, 10 do ok = ok and obj[i - 1].v <= obj[i].v end print(ok)
