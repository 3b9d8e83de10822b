-- Integer-keyed sparse tables, negative indices and string composite keys.
local m = {}
local function set(i, j, v) local r = m[i] if not r then r = {} m[i] = r end r[j] = v end
local function get(i, j) local r = m[i] return r and r[j] or 0 end
for i = -50, 50, 7 do set(i, i * i, i) end
local s = 0
for i = -50, 50 do for j = 0, 2500, 100 do s = s + get(i, j) end end
print(s, get(-50, 2500), get(0, 0), get(-1, 1), get(6, 36))
local c = {}
for x = 1, 10 do for y = 1, 10 do c[x .. "," .. y] = x * y end end
print(c["3,7"], c["10,10"], c["11,1"])
local packed = {}
for x = -3, 3 do for y = -3, 3 do packed[x << 32 | y & 0xffffffff] = x * 10 + y end end
local n = 0
for k, v in pairs(packed) do
  local x, y = k >> 32, k & 0xffffffff
  if y > 0x7fffffff then y = y - 0x100000000 end
  if x > 0x7fffffff then x = x - 0x100000000 end
  if x * 10 + y == v then n = n + 1 end
end
print(n)
m = {}
for i = 1, 5 do m[i * 1000000007] = i end
print(m[1000000007], m[5000000035], m[1])
