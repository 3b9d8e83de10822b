-- Associativity and accumulation of floats in a fixed order.
local a, b, c = 0.1, 0.2, 0.3
print(a + b + c == a + (b + c), a + b == c, ("%.17g"):format(a + b + c))
local s1, s2 = 0, 0
for i = 1, 1000 do s1 = s1 + 1 / i end
for i = 1000, 1, -1 do s2 = s2 + 1 / i end
print(("%.17g %.17g"):format(s1, s2), s1 == s2)
local function kahan(n)
  local sum, comp = 0.0, 0.0
  for i = 1, n do
    local y = 0.1 - comp
    local t = sum + y
    comp = (t - sum) - y
    sum = t
  end
  return sum
end
print(("%.17g %.17g"):format(kahan(1000), 0.1 * 1000))
local naive = 0 for _ = 1, 1000 do naive = naive + 0.1 end
print(("%.17g"):format(naive))
print(1e308 + 1e308 - 1e308, 1e308 + (1e308 - 1e308), 2^53 + 1 - 2^53, 2^53 - 2^53 + 1)
print(1e16 + 1 - 1e16, (1e16 + 2) - 1e16, 3 * 1.1, 1.1 + 1.1 + 1.1)
