-- Library functions at infinities, zeros and huge values.
local inf = math.huge
print(math.floor(0.99999999999999994), math.floor(-0.0), math.ceil(-0.9), math.ceil(1e-300))
print(math.sqrt(inf), math.exp(-inf), math.exp(inf), math.log(inf), math.log(0))
print(math.fmod(5.5, inf), math.fmod(-5.5, inf), math.fmod(0.0, 3), math.fmod(1e300, 7))
print(math.modf(inf), math.modf(-inf), math.modf(-0.0), math.modf(1e300))
print(math.abs(-inf), math.max(-inf, inf), math.min(0.0, -0.0) == 0)
print(math.tointeger(2^62), math.tointeger(1e18), math.tointeger(0.1), math.tointeger(-0.0))
print(math.ult(-1, 0), math.ult(0, -1), math.ult(math.mininteger, math.maxinteger))
print(2^0.5 == math.sqrt(2), 8^(1 / 3), 10^-2, (-8)^3, 0^0, inf^0, 1^inf)
print(math.floor(2^52 + 0.5) == 2^52, math.floor(-2^52 - 0.5), math.ceil(2^31 - 0.5))
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, 1e308 * 10 // 1, 5 // inf, -5 // inf, 5 % inf, -5 % inf)
