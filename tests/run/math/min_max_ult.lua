-- math.max, math.min, math.ult.
print(math.max(1), math.max(1, 2, 3), math.max(3, 2, 1), math.max(1, 2.5), math.max(2, 2.0), math.max(2.0, 2), math.max(-1, -2))
print(math.min(1), math.min(1, 2, 3), math.min(3, 2, 1), math.min(1, 2.5), math.min(2, 2.0), math.min(2.0, 2), math.min(-1, -2))
print(math.max(math.maxinteger, 2^63), math.min(math.mininteger, -2^63), math.max(-1 / 0, 5), math.min(1 / 0, 5), pcall(math.max, "10", 9))
print(math.type(math.max(1, 2.0)), math.type(math.max(3, 2.0)), math.type(math.min(1, 2.0)))
print(pcall(math.max)) print(pcall(math.min)) print(pcall(math.max, 1, "x")) print(pcall(math.min, 1, nil))
print(math.ult(1, 2), math.ult(2, 1), math.ult(-1, 1), math.ult(1, -1), math.ult(0, 0), math.ult(math.maxinteger, math.mininteger))
print(pcall(math.ult, 1)) print(pcall(math.ult, 1.5, 2)) print(math.ult("1", 2.0))
local t = {} for i = 1, 200 do t[i] = (i * 37) % 101 end
print(math.max(table.unpack(t)), math.min(table.unpack(t)))
local m = -math.huge for i = 1, 100 do m = math.max(m, (i * 31 % 17) + 0.5) end print(m)
print(math.maxinteger, math.mininteger, math.huge, -math.huge, math.pi)
print(math.maxinteger + 1 == math.mininteger, math.type(math.maxinteger), math.type(math.huge))
