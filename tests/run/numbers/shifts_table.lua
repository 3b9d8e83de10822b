-- A grid of shifts, rotations and masks built from the operators.
local function rotl(x, n) return x << n | x >> (64 - n) end
for _, n in ipairs { 0, 1, 4, 31, 32, 33, 63, 64, -1, -63, -64 } do
  print(n, 1 << n, -1 >> n, 0xF0F0 << n, math.mininteger >> n)
end
print(rotl(1, 1), rotl(math.mininteger, 1), rotl(0x123456789abcdef0, 16) == 0x56789abcdef01234)
local function popcount(x) local c = 0 while x ~= 0 do c = c + (x & 1) x = x >> 1 end return c end
print(popcount(0), popcount(-1), popcount(0xff), popcount(math.mininteger))
local function reverse(x) local r = 0 for i = 0, 63 do r = r | (x >> i & 1) << (63 - i) end return r end
print(reverse(1) == math.mininteger, reverse(reverse(12345)))
local function sext(x, bits) local m = 1 << (bits - 1) return (x & (1 << bits) - 1 ~ m) - m end
print(sext(0xff, 8), sext(0x7f, 8), sext(0x8000, 16))
print(3 & 5 | 2 ~ 7, ~3 & 5, 1 << 2 << 3, 256 >> 2 >> 1, 5 ~ 5, ~(~5))
print("overflow", 1 << 63 >> 63, (1 << 63) - 1, (1 << 62) * 2)
