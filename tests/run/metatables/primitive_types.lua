-- debug.setmetatable on numbers, booleans, nil, functions.
debug.setmetatable(0, { __index = { double = function(n) return n * 2 end, zero = 0 }, __call = function(n, x)
  return n .. "(" .. x .. ")"
end, __len = function(n) return n end })
print((5):double(), (2.5):double(), (7).zero, (3)(4), #10)
local n = 21 print(n:double())
debug.setmetatable(0, nil)
print(pcall(function() return (5).zero end))
debug.setmetatable(true, { __index = function(b, k) return tostring(b) .. "." .. k end, __add = function(a, b)
  return "boolsum"
end, __lt = function() return true end })
print((true).x, (false).y, true + false, true + 1, true < false)
debug.setmetatable(true, nil)
debug.setmetatable(nil, { __index = function(_, k) return "nil." .. tostring(k) end, __call = function()
  return "called nil"
end })
local u
print(u.field, undefinedglobal.deep, u(), (nil)[1])
debug.setmetatable(nil, nil)
debug.setmetatable(print, { __index = { name = "fn" }, __concat = function(a, b) return "fnconcat" end, __unm = function()
  return "negated"
end })
print(print.name, (function() end).name, print .. "x", -print)
debug.setmetatable(print, nil)
print(pcall(function() return print.name end))
string.shout = function(s) return s:upper() .. "!" end
print(("hey"):shout())
string.shout = nil
getmetatable("").__unm = nil
print(pcall(function() return ("x").nope end))
getmetatable("").__index = function(s, k) return math.type(k) == "integer" and s:sub(k, k) or string[k] end
print(("hello")[2], ("hello"):len(), ("hello")[99])
getmetatable("").__index = string
