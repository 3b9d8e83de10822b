-- Integer-heavy programs: sieve, factorisation, modular powers.
local function sieve(n)
  local c, p = {}, {}
  for i = 2, n do if not c[i] then p[#p + 1] = i for j = i * i, n, i do c[j] = true end end end
  return p
end
local p = sieve(500) print(#p, p[1], p[#p], table.concat(p, " ", 1, 15))
local function factor(n)
  local f, d = {}, 2
  while d * d <= n do while n % d == 0 do f[#f + 1] = d n = n // d end d = d + 1 end
  if n > 1 then f[#f + 1] = n end
  return table.concat(f, "*")
end
print(factor(360), factor(97), factor(1001), factor(2^31 - 1 | 0), factor(600851475143))
local function powmod(b, e, m)
  local r = 1
  b = b % m
  while e > 0 do if e & 1 == 1 then r = r * b % m end b = b * b % m e = e >> 1 end
  return r
end
print(powmod(2, 100, 1000007), powmod(3, 10^6 | 0, 998244353), powmod(7, 0, 13))
local function isqrt(n) local x = n local y = (x + 1) // 2 while y < x do x = y y = (x + n // x) // 2 end return x end
print(isqrt(10^12 | 0), isqrt(99), isqrt(2^62 | 0))
local function digits(n)
  local s = 0
  repeat s = s + n % 10 n = n // 10 until n == 0
  return s
end
print(digits(123456789), digits(0), digits(math.maxinteger))
local function perfect(n) local s = 1 for i = 2, n // 2 do if n % i == 0 then s = s + i end end return s == n end
for i = 2, 500 do if perfect(i) then io.write(i, " ") end end print()
local fact = { 1 } for i = 2, 21 do fact[i] = fact[i - 1] * i end print(fact[10], fact[20], fact[21])
local x = 12345 for i = 1, 10 do x = x ~ (x << 13) x = x ~ (x >> 7) x = x ~ (x << 17) end print(x)
local c = 0 for i = 1, 1000 do if i % 3 == 0 or i % 5 == 0 then c = c + i end end print(c)
