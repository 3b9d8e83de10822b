-- String ordering by bytes, embedded zeros, length.
local words = { "b", "a", "", "ab", "aa", "B", "A", "a\0b", "a\0a", "a\0", "1", "10", "9", "\xff", "~" }
table.sort(words)
for i, w in ipairs(words) do io.write((string.format("%q", w):gsub("\xff", "<255>")), " ") end print()
print("a" < "b", "a" < "a", "a" <= "a", "" < "a", "a" > "", "abc" < "abd", "abc" < "ab")
print("a\0b" > "a\0a", "a\0b" == "a\0b", "a\0" > "a", "Z" < "a", "\127" < "\128")
print("x" .. "y" == "xy", ("x"):rep(50) == ("x"):rep(49) .. "x", ("x"):rep(50) < ("x"):rep(51))
local long1, long2 = ("long"):rep(30) .. "a", ("long"):rep(30) .. "b"
print(long1 < long2, long1 == long2, long1 <= long1, long1 ~= long2)
local t = {} t[long1] = 1 t[("long"):rep(30) .. "a"] = 2 t[long2] = 3
print(t[long1], t[long2])
print(pcall(function() return "a" < 1 end), pcall(function() return "a" < {} end), pcall(function()
  return "a" <= nil
end))
print(pcall(function() return 1 < "2" end))
print("10" + 0 < 9 + 2, "10" < "9")
