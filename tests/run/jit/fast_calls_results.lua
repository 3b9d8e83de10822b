-- Calls for all results, of which there is one mostly, and for other numbers of results.
local function spin(n) local s = 0 for i = 1, n do s = s + i % 3 end return s end
local function one(x) spin(1) return x + 1 end
local function none(x) spin(1) end
local function some(x) spin(1) if x % 50 == 0 then return end if x % 50 == 1 then return x, x end return x end
local function add(a, b) spin(1) return a + (b or 1000) end
local function nested(x) return add(x, one(x)) end
local function list(x) return {x, one(x)} end
local function all(x) return one(x), some(x) end
local s = 0
for i = 1, 300 do s = s + nested(i) + #list(i) s = s + select("#", all(i)) end
print(s)
local function sums(x) return add(x, some(x)) end
s = 0
for i = 1, 300 do s = s + sums(i) end
print(s)
s = 0
for i = 1, 300 do local t = {i, some(i)} s = s + #t t = {none(i)} s = s + #t s = s + select("#", none(i)) end
print(s)
local function tak(x, y, z) if y >= x then return z end return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) end
print(tak(12, 8, 4))
local function ackermann(m, n)
  if m == 0 then return n + 1 elseif n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end
print(ackermann(2, 30))
-- Arguments of another type in the midst.
local function mixed(a, b) spin(1) if a == 0 then return b end return mixed(a - 1, one(b)) end
for i = 1, 100 do mixed(5, i) end
print(mixed(5, 1), mixed(5, 1.5), pcall(mixed, 5, "x"), (pcall(mixed, 5)))
local function several(x) spin(1) return x, x + 1, x + 2 end
s = 0
for i = 1, 200 do local a, b = several(i) local c = several(i) local d, e, f, g = several(i) s = s + a + b + c + d + e + f + (g and 1 or 0) end
print(s)
-- Large integers go through calls.
local function big(n) spin(1) return n * 3 end
local function bigs(n) local r = big(n) spin(1) return r end
s = 0
for i = 1, 200 do s = s ~ bigs(i << 50) ~ bigs(math.mininteger + i) end
print(s)
