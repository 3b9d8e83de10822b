-- Sums and products of floats: the order of operations and every rounding must be kept.
local function show(...)
  local t = { ... }
  for i = 1, #t do t[i] = ("%.17g"):format(t[i]) end
  print(table.concat(t, " "))
end
local s, c = 0.0, 0.0
for i = 1, 1000 do s = s + 0.1 end
for i = 1, 1000 do c = c + 1 / i end
show(s, c)
local back = 0.0
for i = 1000, 1, -1 do back = back + 1 / i end
show(back, c - back)
-- Kahan's compensation would vanish under algebraic simplification.
local sum, comp, naive = 0.0, 0.0, 0.0
for i = 1, 1000 do
  local term = 1 / (i * i) * 1e-8 + (i == 1 and 1e8 or 0)
  naive = naive + term
  local y = term - comp
  local t = sum + y
  comp = (t - sum) - y
  sum = t
end
show(sum, naive, comp)
-- x * 2 / 2, (x + y) - y, x - x, x / x, 0 * x, x + 0, x * 1: none may be simplified for all floats.
local inf, nan = 1 / 0, 0 / 0
local xs = { 1.5, -0.0, 0.0, 1e308, 5e-324, inf, -inf, nan, 3, 2^53 + 0.0 }
local line = {}
for r = 1, 40 do
  for i = 1, #xs do
    local x = xs[i]
    local v = { x * 2 / 2, (x + 1e16) - 1e16, x - x, x / x, 0.0 * x, x + 0.0, x * 1.0, -(-x), 0.0 - x, x / 3 * 3 }
    if r == 40 then
      for k = 1, #v do v[k] = v[k] ~= v[k] and "nan" or ("%.17g"):format(v[k]) end
      line[#line + 1] = table.concat(v, " ")
    end
  end
end
print(table.concat(line, "\n"))
-- Integers that mix in: converted exactly when, and only when, a float meets them.
local mixed = 0
for i = 1, 600 do
  if i % 2 == 0 then mixed = mixed + i else mixed = mixed + i / 2 end
  if i % 100 == 0 then mixed = mixed * 3 // 2 end
end
show(mixed) print(math.type(mixed))
local big = 2^53 | 0
for i = 1, 300 do big = big + 1 end
local fbig = 2.0^53
for i = 1, 300 do fbig = fbig + 1 end
print(big, ("%.0f"):format(fbig), big == fbig)
-- Numerical recipes: Newton's method, a logistic map, an integral, a pendulum.
local x = 2.0
for i = 1, 300 do x = (x + 2 / x) / 2 end
local m = 0.3
for i = 1, 500 do m = 3.9 * m * (1 - m) end
show(x, m)
local area = 0.0
for k = 0, 999 do local u = (k + 0.5) / 1000 area = area + 4 / (1 + u * u) / 1000 end
local p, v = 1.0, 0.0
for i = 1, 1000 do v = v - p * 0.01 p = p + v * 0.01 end
show(area, p, v)
local e, term = 0, 1
for i = 1, 300 do e = e + term term = term / i end
show(e, term)
-- Fractions as loop bounds and comparisons that decide by the last bit.
local n, last = 0, nil
for f = 0, 1, 0.1 do n = n + 1 last = f end
print(n) show(last)
local ties = 0
for i = 1, 300 do if i * 0.1 == i / 10 then ties = ties + 1 end end
print(ties, 0.1 + 0.2 == 0.3, 0.5 + 0.25 == 0.75)
