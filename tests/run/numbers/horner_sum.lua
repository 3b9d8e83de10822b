-- Plain numeric loops with mixed kinds, printed exactly.
local function horner(x, c)
  local r = c[#c]
  for i = #c - 1, 1, -1 do r = r * x + c[i] end
  return r
end
print(horner(3, { 1, 2, 3, 4 }), horner(0.5, { 1, 2, 3, 4 }), horner(-2, { 1.0, 2, 3 }))
local s = 0
for i = 1, 1000 do s = s + i * i end
print(s)
s = 0.0
for i = 1, 1000 do s = s + 1 / i end
print(string.format("%.12f", s))
local a, b = 0, 1
for i = 1, 90 do a, b = b, a + b end
print(a)
for i = 91, 100 do a, b = b, a + b end
print(a)
local function gcd(x, y) while y ~= 0 do x, y = y, x % y end return x end
print(gcd(1071, 462), gcd(2^40 | 0, 6^20 // 1 | 0), gcd(-12, 18), gcd(12.0, 18))
