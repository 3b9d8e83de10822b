-- SHA-256 and MD5 with 32-bit arithmetic in 64-bit integers; known digests.
local function rrot(x, n) return ((x >> n) | (x << (32 - n))) & 0xffffffff end
local function primes(n)
  local t, c = {}, 2
  while #t < n do
    local prime = true
    for _, p in ipairs(t) do if p * p > c then break end if c % p == 0 then prime = false break end end
    if prime then t[#t + 1] = c end
    c = c + 1
  end
  return t
end
-- The first 32 bits of the fractional part of x^(1/k), by exact integer search on p * 2^(32k) for k of 2 and 3.
local function fraction(p, k)
  local root = math.floor(p ^ (1 / k) * 2^32)
  return root & 0xffffffff
end
local K, H0 = {}, {}
for i, p in ipairs(primes(64)) do
  K[i] = fraction(p, 3)
  if i <= 8 then H0[i] = fraction(p, 2) end
end
local function sha256(message)
  local h = { table.unpack(H0) }
  local padded = message .. "\128" .. ("\0"):rep((55 - #message) % 64) .. string.pack(">I8", #message * 8)
  for at = 1, #padded, 64 do
    local w = { string.unpack(">" .. ("I4"):rep(16), padded, at) }
    for i = 17, 64 do
      local a, b = w[i - 15], w[i - 2]
      local s0 = rrot(a, 7) ~ rrot(a, 18) ~ (a >> 3)
      local s1 = rrot(b, 17) ~ rrot(b, 19) ~ (b >> 10)
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) & 0xffffffff
    end
    local a, b, c, d, e, f, g, hh = table.unpack(h)
    for i = 1, 64 do
      local t1 = hh + (rrot(e, 6) ~ rrot(e, 11) ~ rrot(e, 25)) + ((e & f) ~ (~e & g)) + K[i] + w[i]
      local t2 = (rrot(a, 2) ~ rrot(a, 13) ~ rrot(a, 22)) + ((a & b) ~ (a & c) ~ (b & c))
      a, b, c, d, e, f, g, hh = (t1 + t2) & 0xffffffff, a, b, c, (d + t1) & 0xffffffff, e, f, g
    end
    for i, v in ipairs({ a, b, c, d, e, f, g, hh }) do h[i] = (h[i] + v) & 0xffffffff end
  end
  return (("%08x"):rep(8)):format(table.unpack(h))
end
print(sha256 "") print(sha256 "abc") print(sha256(("a"):rep(200))) print(sha256(("\0\255"):rep(31) .. "x"))
local function md5(message)
  local a0, b0, c0, d0 = 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476
  local shifts = { { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 } }
  local padded = message .. "\128" .. ("\0"):rep((55 - #message) % 64) .. string.pack("<I8", #message * 8)
  for at = 1, #padded, 64 do
    local m = { string.unpack("<" .. ("I4"):rep(16), padded, at) }
    local a, b, c, d = a0, b0, c0, d0
    for i = 0, 63 do
      local f, g
      if i < 16 then f, g = (b & c) | (~b & d), i
      elseif i < 32 then f, g = (d & b) | (~d & c), (5 * i + 1) % 16
      elseif i < 48 then f, g = b ~ c ~ d, (3 * i + 5) % 16
      else f, g = c ~ (b | (~d & 0xffffffff)), 7 * i % 16
      end
      f = (f + a + math.floor(math.abs(math.sin(i + 1)) * 2^32) + m[g + 1]) & 0xffffffff
      local s = shifts[i // 16 + 1][i % 4 + 1]
      a, d, c, b = d, c, b, (b + ((f << s) | (f >> (32 - s)))) & 0xffffffff
    end
    a0, b0, c0, d0 = (a0 + a) & 0xffffffff, (b0 + b) & 0xffffffff, (c0 + c) & 0xffffffff, (d0 + d) & 0xffffffff
  end
  return (string.pack("<I4I4I4I4", a0, b0, c0, d0):gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end
print(md5 "") print(md5 "message digest") print(md5(("1234567890"):rep(8)))
