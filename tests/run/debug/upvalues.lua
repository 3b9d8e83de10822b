-- getupvalue, setupvalue, upvalueid, upvaluejoin.
local a, b = 1, 2
local function f() return a, b end
local function g() return b end
print(debug.getupvalue(f, 1)) print(debug.getupvalue(f, 2))
print(debug.getupvalue(f, 3)) print(debug.setupvalue(f, 1, 10), a, f())
print(debug.setupvalue(f, 3, 0))
print(debug.getupvalue(print, 1), (debug.getupvalue(load("x = 1"), 1)))
print(debug.upvalueid(f, 2) == debug.upvalueid(g, 1), debug.upvalueid(f, 1) == debug.upvalueid(g, 1), type(debug.upvalueid(f, 1)), debug.upvalueid(f, 5))
local function mk(v) return function() v = v + 1 return v end end
local c1, c2 = mk(10), mk(20)
print(c1(), c2())
debug.upvaluejoin(c1, 1, c2, 1)
print(c1(), c2(), c1())
print(debug.upvalueid(c1, 1) == debug.upvalueid(c2, 1))
print(pcall(debug.upvaluejoin, c1, 5, c2, 1))
print(pcall(debug.upvaluejoin, c1, 1, print, 1))
print(pcall(debug.upvaluejoin, print, 1, c1, 1))
print(pcall(debug.upvaluejoin, c1, 1, c2, 0))
print(pcall(debug.getupvalue, 1, 1)) print(pcall(debug.getupvalue, f))
print(pcall(debug.setupvalue, f, 1))
print(pcall(debug.upvalueid, f, {})) print(pcall(debug.upvalueid, 5, 1))
local fn = load("return x", "=c", "t", { x = "env one" })
print(fn())
debug.setupvalue(fn, 1, { x = "env two" })
print(fn(), debug.getupvalue(fn, 1)=="_ENV")
local s = load(string.dump(function() return a end, true))
print((debug.getupvalue(s, 1)))
debug.setupvalue(s, 1, "filled")
print(s())
local n = 0
local function hot() n = n + 1 return n end
for i = 1, 100 do hot() if i == 50 then debug.setupvalue(hot, 1, 1000) end end
print(n, hot())
local function counter()
  local c = 0
  return { inc = function() c = c + 1 return c end, get = function() return c end }
end
local k = counter()
for i = 1, 30 do k.inc() end
debug.setupvalue(k.inc, 1, "text")
print(k.get(), pcall(k.inc))
debug.setupvalue(k.get, 1, 5)
print(k.inc(), k.get())
