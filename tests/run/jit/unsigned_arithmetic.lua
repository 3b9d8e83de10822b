-- Unsigned comparison, division and conversion written with signed 64-bit integers.
local function udiv(n, d)
  if d < 0 then return math.ult(n, d) and 0 or 1 end
  if n >= 0 then return n // d end
  local q = ((n >> 1) // d) << 1
  local r = n - q * d
  if not math.ult(r, d) then q = q + 1 end
  return q
end
local function umod(n, d) return n - udiv(n, d) * d end
local max, min = math.maxinteger, math.mininteger
local samples = { 0, 1, 2, 3, 7, 10, 1 << 31, 1 << 32, (1 << 47) - 1, 1 << 47, max - 1, max, min, min + 1, -2, -1 }
local h, less = 0, 0
for _, a in ipairs(samples) do
  for _, b in ipairs(samples) do
    if math.ult(a, b) then less = less + 1 end
    if (a ~ min) < (b ~ min) ~= math.ult(a, b) then print("disagree", a, b) end
    if b ~= 0 then h = h * 31 + udiv(a, b) ~ umod(a, b) end
  end
end
print(less, h)
print(udiv(-1, 10), umod(-1, 10), udiv(min, 3), umod(min, 3), udiv(-1, -1), udiv(5, -5))
local function utostring(n)
  if n >= 0 then return tostring(n) end
  return udiv(n, 10) .. tostring(umod(n, 10))
end
print(utostring(-1), utostring(min), utostring(max), ("%u"):gsub("u", "d"))

-- Sorting as unsigned, and a hot loop where the sign bit appears in the middle.
local list = {}
local x = 1
for i = 1, 100 do x = x * 6364136223846793005 + 1 list[i] = x end
table.sort(list, math.ult)
local good = 0
for i = 2, 100 do if math.ult(list[i - 1], list[i]) or list[i - 1] == list[i] then good = good + 1 end end
print(good, list[1] >= 0, list[100] < 0)
local signed, unsigned = 0, 0
for i = -300, 300 do
  local v = max + i
  if v < 0 then signed = signed + 1 end
  if math.ult(max, v) then unsigned = unsigned + 1 end
end
print(signed, unsigned)

-- Carries and borrows, 32-bit registers, sign extension.
local function add128(al, ah, bl, bh)
  local l = al + bl
  return l, ah + bh + (math.ult(l, al) and 1 or 0)
end
local lo, hi = 1, 0
for _ = 1, 300 do lo, hi = add128(lo, hi, lo, hi) if hi ~= 0 and lo == 0 and hi & 1 == 0 then lo, hi = hi, 1 end end
print(lo, hi)
local function mul64(a, b)
  local al, ah, bl, bh = a & 0xffffffff, a >> 32, b & 0xffffffff, b >> 32
  local ll, lh, hl, hh = al * bl, al * bh, ah * bl, ah * bh
  local mid = (ll >> 32) + (lh & 0xffffffff) + (hl & 0xffffffff)
  return a * b, hh + (lh >> 32) + (hl >> 32) + (mid >> 32)
end
print(mul64(-1, -1)) print(mul64(0x123456789abcdef0, 0xfedcba987654321)) print(mul64(max, 2))
local acc = 0
for i = 1, 300 do
  local r = (i * 0x9e3779b1) & 0xffffffff
  local s = r << 32 >> 32
  local ext = (r ~ 0x80000000) - 0x80000000
  acc = acc + ext + (r == s and 1 or 0)
end
print(acc)
local ok, bad = 0, 0
for i = 1, 300 do
  if pcall(math.ult, i, i % 50 == 0 and 1.5 or i + 0.0) then ok = ok + 1 else bad = bad + 1 end
end
print(ok, bad, pcall(math.ult, 1, "x"))
