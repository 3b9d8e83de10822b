-- Float keys with integral values become integer keys.
local t = {}
t[1.0] = "a"
t[2] = "b"
t[2^53] = "c"
t[-0.0] = "zero"
t["1"] = "string one"
print(t[1], t[2.0], t[2^53 | 0], t[0], t["1"], #t)
for k, v in pairs({ [3.0] = 1 }) do print(k, math.type(k)) end
t[1.5] = "float"
print(t[1.5], t[3 / 2], t[1])
t[2^63] = "too big"
print(t[2^63], t[math.mininteger], t[-2^63])
t[-2^63] = "min"
print(t[math.mininteger], t[math.maxinteger])
t[1.0] = nil
print(t[1], t[2])
t[1e300] = "huge"; t[1/0] = "inf"; t[-1/0] = "-inf"
print(t[1e300], t[math.huge], t[-math.huge])
