-- Exponentiation is always a float operation.
print(2^2, 2^0.5, 2^-1, 0^0, (-2)^2, -2^2, (-2)^3, (-8)^(1/3) ~= (-8)^(1/3))
print(2^63, 2^64, 2^1023, 2^1024, 2^-1074, 2^-1075, 10^15, 10^16)
print(1^math.huge, 0.5^math.huge, 2^math.huge, 2^-math.huge, (-1)^math.huge)
print(math.type(2^2), 4^0.5, 27^(1/3) > 2.99, 0^-1, (-0.0)^-1, (-0.0)^-2)
local b, e = 3, 4
print(b^e, b^e^0.5, (b^e)^0.5)
local s = 0
for i = 0, 10 do s = s + 2^i end
print(s)
print(10 ^ 2 // 1, 7 ^ 2 % 10)
