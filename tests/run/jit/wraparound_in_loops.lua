-- 64-bit integers wrap around inside of hot loops, for every operation that can.
local max, min = math.maxinteger, math.mininteger
local function add(x, d, n) for _ = 1, n do x = x + d end return x end
local function sub(x, d, n) for _ = 1, n do x = x - d end return x end
local function mul(x, d, n) for _ = 1, n do x = x * d end return x end
print(add(max - 250, 1, 500), add(min + 250, -1, 500), sub(min + 250, 1, 500), sub(max - 250, -1, 500))
print(add(max, max, 500), add(min, min, 501), add(1, min, 501), sub(0, min, 501))
print(mul(3, 3, 400), mul(-7, 5, 333), mul(1, 2, 63), mul(1, 2, 64), mul(max, max, 300), mul(min, -1, 301))
local fact = {}
local f = 1
for i = 1, 66 do
  f = f * i
  if i % 6 == 0 then fact[#fact + 1] = f end
end
print(table.concat(fact, " "))
local a, b = 0, 1
for _ = 1, 300 do a, b = b, a + b end
print(a, b)

-- Negation and subtraction of the least integer.
local kept = 0
for _ = 1, 300 do
  local m = min
  m = -m
  if m == min and min - 1 == max and max + 1 == min and min * -1 == min then kept = kept + 1 end
end
print(kept)

-- The same loops with a float from the middle on do not wrap.
local function widen(x, n)
  for i = 1, n do
    if i == n // 2 then x = x + 0.0 end
    x = x + 1
  end
  return x
end
print(widen(max - 400, 600), widen(max - 100, 600), widen(min, 600), widen(2^53 | 0, 600))

-- A numeric loop never wraps, while a variable computed from its counter does.
local n, wrapped = 0, 0
for i = max - 299, max do
  n = n + 1
  if i + 150 < i then wrapped = wrapped + 1 end
end
print(n, wrapped)
n, wrapped = 0, 0
for i = min + 299, min, -1 do
  n = n + 1
  if i - 150 > i then wrapped = wrapped + 1 end
end
print(n, wrapped)

-- Averages and differences as bounds checks are wont to compute them.
local mid = 0
for i = 1, 300 do mid = mid + ((max - i) + max) // 2 end
print(mid)
local order = 0
for i = 1, 300 do if (min + i) - (max - i) > 0 then order = order + 1 end end
print(order)
