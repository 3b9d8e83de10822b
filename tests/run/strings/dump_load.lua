-- string.dump round trips, with and without debug information.
local function f(a, b) local c = a + b return c * 2, "konst", 3.5, nil, true end
local g = load(string.dump(f))
print(g(1, 2))
local h = load(string.dump(f, true), "=stripped", "b")
print(h(3, 4))
print(load(string.dump(f), "x", "t"))
print(load("return 1", "=x", "b"))
print(pcall(load, "return 1", "=x", "q"))
local up = 10
local function withup() return up end
local w = load(string.dump(withup))
print(w() == _G) -- the first upvalue of a loaded function is the global table
debug.setupvalue(w, 1, 99) print(w())
local va = load(string.dump(function(...) return select("#", ...), ... end)) print(va(1, nil, 3))
local nested = load(string.dump(function() local x = 5 local function inner(y) x = x + y return x end return inner end))
local inner = nested() print(inner(1), inner(2))
local rec = load(string.dump(load("local function fact(n) if n < 2 then return 1 end return n * fact(n - 1) end return fact(10)")))
print(rec())
print(pcall(load, "\27Lua garbage"), type(string.dump(f)), string.dump(f):sub(1, 1) == "\27")
local bad = string.dump(f)
print(load(bad:sub(1, 10), "=trunc") == nil, load(bad:sub(1, #bad - 5), "=trunc") == nil)
local s = load(string.dump(load("local a = 1 return function() error('with line') end", "=named")))()
print(pcall(s))
