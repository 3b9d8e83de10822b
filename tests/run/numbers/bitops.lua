-- Bitwise operators over integers.
print(0xF0 & 0x3C, 0xF0 | 0x0F, 0xF0 ~ 0xFF, ~0, ~0xFF)
print(1 << 0, 1 << 1, 1 << 62, 1 << 63, 1 << 64, 1 << 65, 1 << 1000)
print(-1 >> 0, -1 >> 1, -1 >> 63, -1 >> 64, -1 >> 1000)
print(1 << -1, 2 << -1, 1 >> -1, 1 >> -63, 1 >> -64, -1 << -63)
print(1 << math.mininteger, 1 >> math.mininteger, 1 << math.maxinteger, -1 >> math.maxinteger)
print(0x7fffffffffffffff << 1, math.mininteger >> 1, math.mininteger << 1)
print(5 & -1, 5 | -1, 5 ~ -1, ~-1, ~math.maxinteger == math.mininteger)
print(0xdeadbeef >> 16 & 0xffff, (0xdeadbeef & 0xff) << 8)
local n, bits = 0xF0F0, 0
while n ~= 0 do n = n & (n - 1) bits = bits + 1 end
print(bits)
local h = 0
for i = 1, 20 do h = (h << 5 ~ h >> 2) + i & 0xffffffff end
print(h)
