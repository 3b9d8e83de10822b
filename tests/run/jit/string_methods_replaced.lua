-- The string metatable and library functions change under hot loops.
local function f(s) return s:len() + #s:upper() end
local n = 0 for i = 1, 100 do n = n + f("abc") end print(n)
local oldlen = string.len
string.len = function() return 100 end
n = 0
for i = 1, 100 do n = n + f("abc") end
print(n)
string.len = oldlen
function string:double() return self .. self end
n = 0
for i = 1, 60 do n = n + #(("x"):double():double()) end
print(n)
string.double = nil
print(pcall(function() return ("x"):double() end))
local mt = getmetatable("")
mt.__add = function(a, b) return "added" end
print("a" + 1, "1" + 1, 1 + "z")
mt.__add = nil
print(pcall(function() return "a" + 1 end))
print(pcall(function() return "1" + 1 end))
local idx = mt.__index
mt.__index = function(s, k) if k == "first" then return string.sub(s, 1, 1) end return string[k] end
local acc = {}
for i = 1, 50 do acc[i] = ("hello").first .. ("x"):rep(1) end
print(acc[1], acc[50])
mt.__index = idx
mt.__call = function(s, i) return s:sub(i, i) end
local t = {}
for i = 1, 5 do t[i] = ("hello")(i) end
print(table.concat(t, "."))
mt.__call = nil
mt.__len = function() return 0 end
print(#"still raw")
mt.__len = nil
mt.__eq = function() return true end
print("a" == "b")
mt.__eq = nil
mt.__lt = function() return true end
print("b" < "a", pcall(function() return "a" < 1 end))
mt.__lt = nil
mt.__concat = function(a, b) return "cc" end
print("a" .. "b", pcall(function() return "a" .. {} end))
mt.__concat = nil
mt.__unm = function() return "neg" end
print(-"x", -"2")
mt.__unm = nil
