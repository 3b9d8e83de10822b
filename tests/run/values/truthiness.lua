-- Only nil and false are false; and/or give operands, not booleans.
local function truth(v) if v then return "true" else return "false" end end
print(truth(nil), truth(false), truth(true), truth(0), truth(""), truth({}), truth(0 / 0))
print(nil and 1, false and 1, 0 and 1, "" and 1)
print(nil or 1, false or 1, 0 or 1, "" or 1)
print(not nil, not false, not 0, not "", not not {})
local function f(tag, v) io.write(tag, " ") return v end
print(f("a", nil) and f("b", 1) or f("c", 2))
print(f("a", 1) and f("b", nil) or f("c", 2))
print(f("a", 1) or f("b", 1))
local x = nil
local y = x and x.field or "default"
print(y)
print((nil and nil) == nil, (false or nil) == nil, (nil or false) == false)
local function multi() return 1, 2, 3 end
print((multi()), multi() or 9, (multi() and multi()))
while nil do end
repeat until 0
print "done"
