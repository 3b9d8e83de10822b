-- Raw equality across types, numbers of both kinds, strings, references.
print(1 == 1.0, 1 == "1", "1" == "1", 0 == -0, 0.0 == -0.0)
print(nil == false, nil == nil, true == 1, {} == {}, print == print)
local t, u = {}, {}
print(t == t, t == u, t ~= u)
print(2^53 == 2^53 + 1, math.tointeger(2^53) == 2^53)
print(9007199254740993 == 9007199254740992.0, 9007199254740993 == 2^53)
print(math.maxinteger == math.maxinteger + 0.0, math.mininteger == math.mininteger + 0.0)
local nan = 0 / 0
print(nan == nan, nan ~= nan, nan == 1, rawequal(nan, nan))
print(("x"):rep(100) == ("x"):rep(100), ("x"):rep(100) == ("x"):rep(99) .. "y")
print("a\0b" == "a\0b", "a\0b" == "a\0c", #"a\0b")
print(rawequal(1, 1.0), rawequal("a", "a"), rawequal(t, t), rawequal(t, u))
print(pcall(rawequal, 1))
