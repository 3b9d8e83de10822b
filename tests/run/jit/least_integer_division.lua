-- mininteger // -1, % -1, * -1 and their neighbours, where a machine's division would trap.
local min, max = math.mininteger, math.maxinteger
local function div(n, x, y) local r for _ = 1, n do r = x // y end return r end
local function mod(n, x, y) local r for _ = 1, n do r = x % y end return r end
print(div(300, min, -1), mod(300, min, -1), div(300, max, -1), mod(300, max, -1))
print(div(300, min, 1), mod(300, min, 1), div(300, min, min), mod(300, min, min))
print(div(300, min, max), mod(300, min, max), div(300, max, min), mod(300, max, min))
print(div(300, min + 1, -1), mod(300, min + 1, -1), div(300, min, 2), mod(300, min, 2), div(300, min, -2))
print(div(300, min, -1.0), mod(300, min, -1.0), math.type(div(300, min, 1.0)))

-- The dividend or the divisor becomes critical after the loop has become hot.
local function late(n, op, x, y, at, lx, ly)
  local r = 0
  for i = 1, n do
    if i == at then x, y = lx, ly end
    r = r ~ op(x, y)
  end
  return r
end
local function idiv(a, b) return a // b end
local function imod(a, b) return a % b end
print(late(401, idiv, 100, 7, 400, min, -1), late(401, imod, 100, 7, 400, min, -1))
print(late(400, idiv, 100, -1, 300, min, -1), late(400, imod, 100, -1, 300, min, -1))
print(pcall(late, 400, idiv, 100, -1, 300, min, 0)) print(pcall(late, 400, imod, 100, -1, 300, min, 0))
print(pcall(late, 400, idiv, 100, -1, 300, min, 0.0)) print(pcall(late, 400, imod, 100, -1, 300, 5, 0.0))

-- Constant divisors, which compilers turn into shifts and multiplications.
local function constants(n, from)
  local s = 0
  for i = from, from + n - 1 do
    s = s * 31 + (i // 1) + (i // -1) + (i // 2) + (i // -2) + (i // 3) + (i // 7) + (i // -7) + (i // 1024)
    s = s * 31 + (i % 1) + (i % -1) + (i % 2) + (i % -2) + (i % 3) + (i % 7) + (i % -7) + (i % 1024) + (i % -1024)
  end
  return s
end
print(constants(300, -150), constants(300, min), constants(300, max - 299), constants(300, (1 << 47) - 150))

-- Division by a loop variable that runs through -1 and stops before 0.
local q, r = 0, 0
for d = -300, -1 do q = q ~ (min // d) r = r ~ (min % d) end
print(q, r)
print(pcall(function() for d = -300, 300 do q = q ~ (min // d) end end), q)

-- Least integers as text, negated, compared and shifted.
local same = 0
for _ = 1, 300 do
  local m = min
  if -m == m and m * -1 == m and m // -1 == m and m - 1 == max and m << 1 == 0 and m >> 63 == 1 then same = same + 1 end
  if math.abs(m) == m and m == -9223372036854775807 - 1 and m == "-9223372036854775808" + 0 then same = same + 1 end
end
print(same, min, -min, math.tointeger(-2.0^63))
