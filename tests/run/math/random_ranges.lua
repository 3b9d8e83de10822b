-- math.random: ranges, kinds, errors, and sequences that a seed repeats. The numbers themselves are not shown.
math.randomseed(42)
local function within(n, lo, hi, ...)
  local ok, ints = true, 0
  for _ = 1, n do
    local v = math.random(...)
    ok = ok and v >= lo and v <= hi
    if math.type(v) == "integer" then ints = ints + 1 end
  end
  return ok, ints
end
print(within(300, 0, 1)) print(within(300, 1, 6, 6)) print(within(300, -3, 3, -3, 3)) print(within(300, 5, 5, 5, 5)) print(within(300, 1, 1, 1))
print(within(300, math.mininteger, math.maxinteger, 0)) print(within(300, math.mininteger, math.maxinteger, math.mininteger, math.maxinteger))
print(within(300, math.maxinteger - 1, math.maxinteger, math.maxinteger - 1, math.maxinteger)) print(within(100, 1, 3, 1.0, 3.0))
for _, args in ipairs({ { 0, -1 }, { 1, 2, 3 }, { 1.5 }, { "x" }, { -1 }, { 2, 1 }, { {} }, { math.maxinteger, math.mininteger } }) do
  print(pcall(math.random, table.unpack(args)))
end
local function sequence(n) local t = {} for i = 1, n do t[i] = math.random(1000000) end return table.concat(t, " ") end
math.randomseed(7) local first = sequence(20)
math.randomseed(7) print(sequence(20) == first)
math.randomseed(8) print(sequence(20) == first)
math.randomseed(7, 0) print(sequence(20) == first)
math.randomseed(7, 1) print(sequence(20) == first)
math.randomseed(7.0) print(sequence(20) == first)
print(pcall(math.randomseed, "x")) print(pcall(math.randomseed, {})) print(select("#", math.randomseed(1)) <= 2, select("#", math.randomseed()) <= 2)
-- Every value of a small range comes up, and no value dominates.
math.randomseed(123)
local seen = {}
for _ = 1, 2000 do local v = math.random(10) seen[v] = (seen[v] or 0) + 1 end
local least, most = math.huge, 0
for v = 1, 10 do least, most = math.min(least, seen[v]), math.max(most, seen[v]) end
print(#seen, least > 100, most < 300)
local sum = 0
for _ = 1, 1000 do sum = sum + math.random() end
print(sum > 400 and sum < 600)
-- A shuffle keeps all elements.
local t = {}
for i = 1, 100 do t[i] = i end
for i = 100, 2, -1 do local j = math.random(i) t[i], t[j] = t[j], t[i] end
local moved = 0
for i = 1, 100 do if t[i] ~= i then moved = moved + 1 end end
table.sort(t)
print(moved > 50, t[1], t[100], #t)
