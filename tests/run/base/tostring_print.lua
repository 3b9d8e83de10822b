-- print and tostring with every value, io.write's formatting, arguments count.
print() print(nil) print(nil, nil) print(1, 1.0, -0.0, "s", true, false) print((print("inner")))
print(("x"):rep(10), ...) print(select("#", print()))
print(1e15, 1e14, 123456789012, 2^53, 1e100)
print("a\tb", "c\nd", "e\0f" == "e\0f")
io.write(1, " ", 1.5, " ", "s", " ", -0.0, " ", 1e20, " ", math.mininteger, "\n")
print(tostring(1) .. tostring(1.0) .. tostring(nil) .. tostring(true))
print(#tostring(12345), tostring("x"):rep(2), tostring(-1.5e-10))
local t = setmetatable({}, { __tostring = function() return "TS" end })
print(t, tostring(t), { 1 } ~= nil) io.write(tostring(t), "\n")
local oldts = tostring tostring = function() return "hijacked" end print(1, t) tostring = oldts
print(pcall(io.write, t)) print(string.format("%s %s", t, nil)) print(#string.format("%p", t) > 2)
local p = print
local log = {}
print = function(...) log[#log + 1] = select("#", ...) p(...) end
print(1, nil) print() print = p print(log[1], log[2])
print(table.concat({ 1, 2.0, "x" }, ","))
print(2^31 | 0, 1 << 31, 0x7fffffff + 1)
print(("%5.2f|%d|%s"):format(3.14159, 42, "end"))
