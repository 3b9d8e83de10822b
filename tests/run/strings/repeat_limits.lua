-- string.rep and concatenation near sizes that must fail cleanly or succeed.
print(#("ab"):rep(1000, ", "), #("x"):rep(100000))
print(pcall(string.rep, "abcdefgh", 1 << 61))
print(pcall(string.rep, "x", math.maxinteger, "y"))
print(#(("x"):rep(1000) .. ("y"):rep(1000) .. 1 .. 2.5))
local s = "ab"
for _ = 1, 10 do s = s .. s end
print(#s, s:sub(1, 4), s:sub(-2))
print(("x"):rep(0) == "", ("x"):rep(-1) == "", (""):rep(5, "-"), ("a"):rep(3, ""))
local t = {}
for i = 1, 1000 do t[i] = ("%d"):format(i % 10) end
print(#table.concat(t), table.concat(t):sub(1, 12), table.concat(t, "", 990, 1000))
