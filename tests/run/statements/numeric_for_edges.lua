-- Integer loops at the ends of the range never overflow.
local max, min = math.maxinteger, math.mininteger
local function count(a, b, c, cap)
  local n, last = 0, nil
  for i = a, b, c do n = n + 1 last = i if n >= (cap or 20) then break end end
  print(n, last)
end
count(max - 2, max, 1) count(min + 2, min, -1) count(max, max, 1) count(min, min, -1)
count(max - 1, max, 2) count(max - 10, max, 7) count(min, max, max) count(max, min, min)
count(min, max, 1, 5) count(max, min, -1, 5) count(1, math.huge, 1, 5) count(1, -math.huge, -1, 5)
count(-1, math.huge, -1, 5) count(1, -math.huge, 1, 5) count(1, 2^63, 1, 3) count(1, -2^63, -1, 3)
count(max, 2^63, 1) count(min, -2^63, -1) count(min, -2^64, -1) count(max, 1e308, 1)
count(1, 3.99, 1) count(-1, -3.99, -1) count(1, 0.99, 1) count(min, min + 0.0, 1) count(0, 0 / 0, 1)
count(1.0, math.huge, 2^1000, 3) count(max + 0.0, max, 1) count(1, max, max) count(3, max, max - 2)
count(-3, min, min) count(0, max, min) count(0, min, max) count(2^53, 2^53 + 4, 1.0, 9)
count(max - 5, max - 1, 3) count(0, 10, max) count(0, -10, min)
