-- The result kind of each operator for each pair of kinds.
local function kind(x) return math.type(x) end
local ints, floats = { 6, 4 }, { 6.0, 4.0 }
for _, p in ipairs { { 6, 4 }, { 6, 4.0 }, { 6.0, 4 }, { 6.0, 4.0 } } do
  local a, b = p[1], p[2]
  print(kind(a + b), kind(a - b), kind(a * b), kind(a / b), kind(a // b), kind(a % b), kind(a ^ b))
  print(a + b, a - b, a * b, a / b, a // b, a % b, a ^ b)
end
print(kind(-6), kind(-6.0), -6, -6.0, kind(6 // 1), kind(6.5 // 1))
print(1 + 1.0, 1 + 2^53, 2^53 + 1, (2^53|0) + 1, math.maxinteger + 1.0)
print(math.maxinteger * 1.0, math.mininteger * 1.0, math.maxinteger / 1 == 2^63)
print(5 // 2 * 2.0, 5 % 2.5, 1e15 + 1, 10 // 3 / 3)
