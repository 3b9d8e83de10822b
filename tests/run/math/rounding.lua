-- floor, ceil, modf, fmod, tointeger, abs over both kinds.
for _, v in ipairs { 0, 1, -1, 2.5, -2.5, 3.7, -3.7, 0.5, -0.5, 1e15 + 0.5, 2^53, -2^53, 1e300, 7 } do
  print(v, math.floor(v), math.ceil(v), math.abs(v), math.modf(v))
end
print(math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(1 / 0), math.modf(-1 / 0))
print(math.type((math.modf(5))), math.type((math.modf(5.5))), select("#", math.modf(1)))
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(-7, -3), math.fmod(7.5, 2), math.fmod(-7.5, 2), math.fmod(7, 2.5))
print(math.fmod(math.mininteger, -1), math.fmod(math.maxinteger, -1), math.fmod(5, math.mininteger), math.fmod(1, 1 / 0), math.fmod(-6, 4))
print(pcall(math.fmod, 1, 0))
print(pcall(math.fmod, 1))
print(pcall(math.fmod, "x", 1))
print(math.abs(math.mininteger), math.abs(-0.0), math.abs("-5"), math.abs(-7.25))
print(math.floor("3.7"), math.ceil("3.2"), pcall(math.floor, "x"))
print(math.tointeger("7"), math.tointeger("7.0"), math.tointeger(" 7 "), math.tointeger("7.5"), math.tointeger(true), pcall(math.tointeger))
print(pcall(math.abs))
print(pcall(math.floor, {}))
print(pcall(math.ceil, nil))
