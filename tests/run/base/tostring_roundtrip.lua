-- tostring and tonumber are inverse for integers and exact for %.17g.
local ints = { 0, 1, -1, 255, 2^31 | 0, 2^53 | 0, math.maxinteger, math.mininteger }
for _, v in ipairs(ints) do
  if tonumber(tostring(v)) ~= v or math.type(tonumber(tostring(v))) ~= "integer" then print("bad", v) end
end
local floats = { 0.1, 1 / 3, 1e100, 5e-324, 2^53, 123456.789, -0.0, 1.7976931348623157e308 }
for _, v in ipairs(floats) do
  local s = ("%.17g"):format(v)
  print(s, tonumber(s) == v, tostring(v), tonumber(("%a"):format(v)) == v)
end
print(tostring(-0.0), tonumber("-0"), tonumber("-0.0"), 1 / tonumber("-0.0"))
print(tostring(1e15), tostring(1e14), tostring(123456789012345), tostring(2^63), tostring(-2^63))
print(#tostring(math.pi), tostring(100 // 1e0), tostring(3 | 0), tostring(7 // 2.0))
print(tonumber(tostring(math.huge)), tostring(math.huge), tostring(-math.huge))
print(tostring(2^1023 * 2 == math.huge), 2^-1074 > 0, 2^-1075 == 0)
