-- Numerals at the edge of the integer range in source, tonumber and arithmetic.
print(9223372036854775807, 9223372036854775808, 0x7fffffffffffffff, 0xffffffffffffffff)
print(tonumber "9223372036854775807", tonumber "9223372036854775808", tonumber "-9223372036854775809")
print(math.type(tonumber "9223372036854775808"), math.type(tonumber "-9223372036854775808"))
print("9223372036854775807" + 0, "9223372036854775807" + 1, "0x7fffffffffffffff" + 1)
print(-9223372036854775808, - -9223372036854775808, math.type(-9223372036854775808))
print(1e18 // 1, 10^18 | 0, pcall(function() return 10^19 | 0 end))
print(math.tointeger("9223372036854775807"), math.tointeger("9223372036854775808"))
print(string.format("%d", 9223372036854775807), pcall(string.format, "%d", 9223372036854775808))
print(9007199254740993, 9007199254740993.0, 9007199254740993 | 0, 9007199254740993 + 0.0)
print(0x10p62 == 2^66, 0x.8p1, 0xffffffffffffffff.0, 0x1.0p-1074 > 0)
for _, s in ipairs { "1e19", "0x1p63", "-0x1p63", "18446744073709551615", "00000000000000000000000001" } do
  print(s, tonumber(s), math.type(tonumber(s)))
end
