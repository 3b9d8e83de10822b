-- Order and equality of integers and floats where a conversion would lose bits.
local function counts(xs, ys)
  local lt, le, gt, ge, eq, ne = 0, 0, 0, 0, 0, 0
  for i = 1, #xs do
    for j = 1, #ys do
      local x, y = xs[i], ys[j]
      if x < y then lt = lt + 1 end
      if x <= y then le = le + 1 end
      if x > y then gt = gt + 1 end
      if x >= y then ge = ge + 1 end
      if x == y then eq = eq + 1 end
      if x ~= y then ne = ne + 1 end
    end
  end
  return lt, le, gt, ge, eq, ne
end
local ints, floats, mixed = {}, {}, {}
for d = -10, 10 do
  ints[#ints + 1] = (1 << 53) + d
  floats[#floats + 1] = 2.0^53 + d
  mixed[#mixed + 1] = d % 2 == 0 and (1 << 53) + d or 2.0^53 + d
end
print(counts(ints, ints)) print(counts(floats, floats)) print(counts(ints, floats)) print(counts(floats, ints))
print(counts(mixed, mixed)) print(counts(mixed, ints)) print(counts(mixed, floats))
local ends = { math.maxinteger, math.mininteger, 2.0^63, -2.0^63, 2.0^63 - 1024, math.maxinteger - 1,
  math.mininteger + 1, 1e300, -1e300, 1 / 0, -1 / 0, 0 / 0, 0, -0.0, 0.5, -0.5, 1 << 47, -(1 << 47), 2.0^47,
  2.0^47 + 0.5 }
print(counts(ends, ends))
for i = 1, #ends do
  local l, e = 0, 0
  for j = 1, #ends do if ends[i] < ends[j] then l = l + 1 end if ends[i] == ends[j] then e = e + 1 end end
  io.write(l, ":", e, " ")
end
print()

-- A loop whose bound or counter passes from integer to float where they no longer agree.
local function climb(x, limit, n)
  local steps = 0
  while x < limit and steps < n do x = x + 1 steps = steps + 1 end
  return steps, x == limit, math.type(x)
end
print(climb((1 << 53) - 300, 2.0^53, 1000)) print(climb(2.0^53 - 300, 1 << 53, 1000))
print(climb(2.0^53 - 300, (1 << 53) + 5, 1000)) print(climb((1 << 53) - 300, 2.0^53 + 4, 1000))
print(climb(math.maxinteger - 300, 2.0^63, 299)) print(climb(math.mininteger, -2.0^63, 300))

-- Comparisons with constants of the other kind, and with NaN, that steer a loop.
local below, above, neither = 0, 0, 0
for i = -300, 300 do
  local v = i % 10 == 0 and 0 / 0 or i % 3 == 0 and i / 2 or i
  if v < 0.5 then below = below + 1 elseif v >= 0.5 then above = above + 1 else neither = neither + 1 end
  if not (v > 100) and not (v <= 100) then neither = neither + 1 end
end
print(below, above, neither)
local best
for i = 1, 400 do
  local v = i % 2 == 0 and i * 37 % 101 or i * 37 % 101 + 0.5
  if best == nil or v > best then best = v end
end
print(best, math.max(1, 2.5, 2), math.min(1 << 53, 2.0^53 + 1))
-- As keys: equal numbers are one key, and sorted lists mix both kinds.
local set, list = {}, {}
for i = 1, 300 do
  local v = i % 2 == 0 and i // 2 or i // 2 + 0.0
  if not set[v] then set[v] = true list[#list + 1] = v end
end
table.sort(list, function(a, b) return a > b end)
print(#list, list[1], list[#list])
