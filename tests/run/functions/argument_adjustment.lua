-- Calls with fewer and more arguments than parameters.
local function f(a, b, c) return tostring(a) .. tostring(b) .. tostring(c) end
print(f(), f(1), f(1, 2), f(1, 2, 3), f(1, 2, 3, 4))
local function two() return 1, 2 end
print(f(two()), f(two(), two()), f((two())), f(0, two()), f(two(), 9))
local t = { two(), two(), [10] = two() }
print(#t, t[1], t[2], t[3], t[10])
t = { two(), (two()) }
print(#t)
local a, b, c = two(), 5
print(a, b, c)
print((two()), two(), two())
print(#{ two(), nil }, #{ (two()) })
local function none() end
print(none(), (none()), select("#", none()), select("#", (none())), type((none())))
print(pcall(type, none()))
local x = none()
print(x)
print(#{ none() }, #{ none(), none() }, #{ n = none() })
local s = ""
for _, v in ipairs { two(), two(), two() } do s = s .. v end
print(s)
print(string.format("%s %s", two()), math.max(two()), math.max(two(), 0))
