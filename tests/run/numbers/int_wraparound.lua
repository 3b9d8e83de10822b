-- Integer arithmetic wraps around in two's complement.
local max, min = math.maxinteger, math.mininteger
print(max + 1 == min, min - 1 == max, max * 2, min * 2, max * max)
print(-min == min, min // -1 == min, min % -1, min // 1, min % 1)
print(max + 1, min - 1, max + max, min + min, min * min, min * -1)
print(max * 3, max * -1, max // -1, 5 - min, min + max)
print(0x7fffffff * 0x7fffffff, 0x100000000 * 0x100000000, 0xffffffff * 0xffffffff)
print(3037000500 * 3037000500, 3037000499 * 3037000499)
local x = 1
for i = 1, 70 do x = x * 3 end
print(x)
local y = 0
for i = 1, 10 do y = y - max end
print(y)
print(math.abs(min), math.abs(max), -max - 1 == min)
print(max // 2, min // 2, max % 10, min % 10)
