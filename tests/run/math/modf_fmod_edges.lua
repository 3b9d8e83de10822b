-- math.modf, math.fmod, math.floor, math.ceil, math.tointeger at their edges.
local inf, nan = math.huge, 0 / 0
for _, v in ipairs({ 0, 3, -3, 3.5, -3.5, 0.0, -0.0, 1e300, -1e300, inf, -inf, 2^53, 2^63, -2^63, math.maxinteger, math.mininteger, 0.9999999999999999 }) do
  local i, f = math.modf(v)
  print(v, i, f, math.type(i), math.floor(v), math.ceil(v), math.tointeger(v))
end
local i, f = math.modf(nan)
print(i ~= i, f ~= f, pcall(math.floor, nan) , math.tointeger(nan))
for _, p in ipairs({ { 7, 3 }, { -7, 3 }, { 7, -3 }, { -7, -3 }, { 7.5, 2 }, { -7.5, 2 }, { 6, 2 }, { -6, 2.0 }, { 5, inf }, { -5, inf },
  { math.mininteger, -1 }, { math.mininteger, 1 }, { math.mininteger, math.maxinteger }, { math.maxinteger, math.mininteger }, { 1e308, 3 } }) do
  local r = math.fmod(p[1], p[2])
  print(p[1], p[2], r, math.type(r), p[1] % p[2])
end
print(pcall(math.fmod, 1, 0)) print(math.fmod(1, 0.0) ~= math.fmod(1, 0.0), math.fmod(inf, 1) ~= math.fmod(inf, 1)) print(pcall(math.fmod, 1))
print(pcall(math.fmod, "a", 1)) print(math.fmod("7", "4"), pcall(math.modf)) print(pcall(math.modf, {})) print(math.modf("3.25"))
print(math.floor(-0.5), math.ceil(-0.5), 1 / math.ceil(-0.5), math.floor(1e15 + 0.5), math.ceil(1e15 + 0.5))
print(math.floor(2^62), math.floor(2^63), math.floor(-2^63), math.ceil(-2^63 - 1025), math.type(math.floor(2^63)))
for _, v in ipairs({ "8", "8.0", "x", 3.0, 3.5, {}, true, 2^63, -2^63 }) do io.write(tostring(math.tointeger(v)), " ") end
print(pcall(math.tointeger))
for _, fn in ipairs({ "floor", "ceil", "abs", "sqrt" }) do print(pcall(math[fn])) print(pcall(math[fn], nil)) print(pcall(math[fn], "z")) end
print(math.abs(math.mininteger), math.abs(-0.0), math.abs(-2^63), math.abs(math.mininteger + 1), math.abs("-7"), math.type(math.abs(-7.0)))
