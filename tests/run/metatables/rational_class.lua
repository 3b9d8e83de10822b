-- A small numeric class using many operators together.
local R = {} R.__index = R
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
local function new(n, d)
  d = d or 1
  if d < 0 then n, d = -n, -d end
  local g = gcd(math.abs(n), d)
  return setmetatable({ n = n // g, d = d // g }, R)
end
local function lift(x) return type(x) == "number" and new(x) or x end
function R.__add(a, b) a, b = lift(a), lift(b) return new(a.n * b.d + b.n * a.d, a.d * b.d) end
function R.__sub(a, b) return a + -lift(b) end
function R.__mul(a, b) a, b = lift(a), lift(b) return new(a.n * b.n, a.d * b.d) end
function R.__div(a, b) a, b = lift(a), lift(b) return new(a.n * b.d, a.d * b.n) end
function R.__unm(a) return new(-a.n, a.d) end
function R.__eq(a, b) return a.n == b.n and a.d == b.d end
function R.__lt(a, b) a, b = lift(a), lift(b) return a.n * b.d < b.n * a.d end
function R.__le(a, b) a, b = lift(a), lift(b) return a.n * b.d <= b.n * a.d end
function R.__tostring(a) return a.d == 1 and tostring(a.n) or a.n .. "/" .. a.d end
function R.__pow(a, k) local r = new(1) for _ = 1, k do r = r * a end return r end
function R.__concat(a, b) return tostring(a) .. tostring(b) end
function R.__idiv(a, b) local q = lift(a) / lift(b) return q.n // q.d end
local h, t = new(1, 2), new(1, 3)
print(h + t, h - t, h * t, h / t, -h, h ^ 3, h .. "|" .. t, 1 + h, h + 1, 2 / t)
print(h == new(2, 4), h < t, h > t, h <= h, h < 1, 1 < h, h ~= t, new(7, 2) // 1)
local s = new(0)
for i = 1, 15 do s = s + new(1, i * (i + 1)) end
print(s)
local list = { new(3, 4), new(1, 2), new(2, 3), new(5, 6) }
table.sort(list)
for i, v in ipairs(list) do list[i] = tostring(v) end
print(table.concat(list, " "))
