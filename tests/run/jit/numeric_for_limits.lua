-- Numeric loops: float steps, limits at the ends of the range, negative steps, and hot bodies that depend on them.
local function run(a, b, c)
  local n, first, last = 0, nil, nil
  for i = a, b, c do
    n = n + 1
    first = first or i
    last = i
    if n == 400 then break end
  end
  return n, first, last, math.type(last)
end
local max, min, inf = math.maxinteger, math.mininteger, math.huge
print(run(1, 300, 1)) print(run(300, 1, -1)) print(run(1, 300, 7)) print(run(300, 1, -7)) print(run(1, 0, 1))
print(run(max - 300, max, 1)) print(run(min + 300, min, -1)) print(run(max - 300, max, 7)) print(run(min, max, max))
print(run(max, min, min)) print(run(min, max, 1 << 55))
print(run(1, inf, 1)) print(run(1, -inf, -1)) print(run(1, inf, -1))
print(run(1, 1e100, 1)) print(run(-1, -1e100, -1)) print(run(1, 300.9, 1))
print(run(300, 0.5, -1)) print(run(1, 0 / 0, 1))
print(run(0.0, 30, 0.1)) print(run(30, 0, -0.1)) print(run(1, 300, 1.0))
print(run(1.0, 300, 1)) print(run(0.1, 1, 1 / 512))
print(run(1.5, 300, 1)) print(run(2^53 - 10, 2^53 + 10, 1.0)) print(run(max, max + 1.0, 1)) print(run(min, min, 1))
print(run(1.0, inf, 2.0)) print(run(-inf, 0, 1)) print(run(0, -0.0, 1)) print(run(-0.0, 0, 1))

-- Bad bounds after good ones at the same loop.
for _, bad in ipairs({ { 1, 10, 0 }, { 1.0, 10, 0.0 }, { "1", 10, 1 }, { 1, "10", 1 }, { 1, 10, "1" },
  { {}, 1, 1 }, { 1, {}, 1 }, { 1, 1, {} } }) do
  print(pcall(run, bad[1], bad[2], bad[3]))
end
print(pcall(run, nil, 1, 1)) print(pcall(run, 1, nil, 1))

-- The loop's variable is a copy; bounds are evaluated once.
local n, limit, step = 0, 300, 1
for i = 1, limit, step do
  n = n + i
  limit, step = 0, 100
  i = i * 1000
  if i < 0 then n = 0 end
end
print(n)
local evaluated = 0
local function bound(x) evaluated = evaluated + 1 return x end
for _ = bound(1), bound(300), bound(1) do n = n + 1 end
print(n, evaluated)

-- Sums over the whole grid of starts and steps, integer and float, reached by one hot function.
local function sum(a, b, c) local s = 0 for i = a, b, c do s = s + i end return s end
local total, ftotal = 0, 0.0
for a = -10, 10, 5 do
  for c = -3, 3 do
    if c ~= 0 then
      total = total + sum(a, c * 30, c)
      ftotal = ftotal + sum(a + 0.5, c * 30, c) + sum(a, c * 30, c / 4)
    end
  end
end
print(total, ftotal)
