-- Conversions between strings and numbers that the language makes by itself, and those it does not.
print("10" + 5, "10" * "2", "3.0" + 1, "0x10" - 0, " 7 " + 0, "1e2" // 1, "7" // 2, "7" % "4", -"3", - "-3.5", "2" ^ "3")
print(10 .. 20, 1.5 .. "", -0.0 .. "|", 1e15 .. " " .. 1e16, 2^63 .. "", 1 / 0 .. "", -(1 / 0) .. "")
print(math.type("10" + 5), math.type("10" + 5.0), math.type("10.0" + 5), math.type("9223372036854775808" + 0))
print("9223372036854775807" + 1 == math.mininteger, "0xffffffffffffffff" + 0)
for _, bad in ipairs({ "abc", "", " ", "1x", "0x", "1 2", "1e", "nil", "true" }) do print(pcall(function() return bad + 1 end)) end
print(pcall(function() return {} + 1 end)) print(pcall(function() return "1" + {} end)) print(pcall(function() return "1" + true end))
print(pcall(function() return "1" | 2 end)) print(pcall(function() return "a" .. {} end)) print(pcall(function() return "a" .. nil end))
print(pcall(function() return 1 .. true end)) print("1" == 1, "1" ~= 1, pcall(function() return "1" < 1 end))
-- Library functions take numbers for strings and numeric strings for numbers.
print(("x"):rep("3"), ("x"):rep(3.0), pcall(string.rep, "x", 3.5)) print(pcall(string.rep, "x", "3.5")) print(string.len(12345), string.upper(0x10))
print(string.sub(12345, 2, "3"), string.byte(65), string.format("%d", "42"), string.format("%s", 42), string.format("%d", 42.0))
print(pcall(string.format, "%d", "42.5")) print(string.format("%.2f", "1.005"), string.format("%x", "255"), string.format("%c", "65"))
print(math.floor("3.7"), pcall(math.max, "10", 9)) print(pcall(math.max, "10", "9")) print(math.abs("-5"), math.tointeger("5"), math.sqrt("16"))
print(table.concat({ 1, 2.5, "x" }, 0), pcall(table.concat, { true })) print(tostring(1) == "1", tostring(1.0), tostring(-0.0), tostring("s"))
print(#tostring(12345), tostring(nil) .. tostring(true), tostring(2^31), tostring(2^53), tostring(1e100), tostring(0.1), tostring(1/3))
-- for loops and indices do not convert.
print(pcall(function() for i = "1", 2 do end end)) print(({ [1] = "n" })["1"], ({ ["1"] = "s" })[1])
print(tostring(setmetatable({}, { __tostring = function() return "custom" end })), pcall(tostring, setmetatable({}, { __tostring = function() return 1 end })))
print(tostring(setmetatable({}, { __name = "Named" })):match("^Named: ") ~= nil, pcall(tostring))
print(string.format("%s|%10s|%-5s|", 1.0, true, nil), string.format("%q", 1 / 3), string.format("%q", math.mininteger), string.format("%q", "a\nb\0c"))
