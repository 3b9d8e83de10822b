-- What callers assume changes under calls in progress: metatables, constants, closures, stacks, code.
local function spin(n) local s = 0 for i = 1, n do s = s + i % 3 end return s end
local A = {} A.__index = A
function A:value(x) spin(1) return x end
local change
local function deep(o, x) spin(1) if x == change then function A:value(y) spin(1) return -y end end return x end
local function user(o, x) local before = o:value(x) local d = deep(o, x) return before + d * 2 + o:value(x) * 4 end
local o, s = setmetatable({}, A), 0
change = 250
for i = 1, 300 do s = s + user(o, i) end
print(s)
-- A variable that is never assigned, but for a debugger.
local factor = 2
local function scale(x) spin(1) return x * factor end
local function poke(x) spin(1) if x == 200 then
  for i = 1, 10 do if debug.getupvalue(scale, i) == "factor" then debug.setupvalue(scale, i, 5) end end end return x end
local function both(x) return scale(x) + poke(x) + scale(x) end
s = 0
for i = 1, 300 do s = s + both(i) end
print(s)
-- Second closures of a prototype.
local function make(k) local function f(x) spin(1) return x + k end return f end
local first = make(1)
local function use(f, x) local r = f(x) spin(1) return r end
s = 0
for i = 1, 300 do s = s + use(first, i) end
local second = make(1000)
for i = 1, 300 do s = s + use(i % 2 == 0 and first or second, i) end
print(s)
local function fixed(x) spin(1) return first(x) end
for i = 1, 200 do s = s + fixed(i) end
first = make(10)
for i = 1, 200 do s = s + fixed(i) end
print(s)
-- Recursion makes stacks move; shallow coroutines as well.
local function depth(n) if n == 0 then return 0 end local t = {n} local r = depth(n - 1) return r + t[1] end
for i = 1, 30 do depth(20) end
print(depth(5000))
local function inside(n) return coroutine.wrap(function() local r = depth(n) return r end)() end
for i = 1, 50 do s = s + inside(i * 10) end
print(s)
local function forever(n) return 1 + forever(n + 1) end
print(pcall(forever, 1))
print(select(2, pcall(function() local r = forever(1) return r end)))
-- Upvalues of callers are seen by what they call.
local function shared(n) local v = 0 local function inc(d) spin(1) v = v + d return v end local s = 0 for i = 1, n do s = s + inc(i) + v end return s, v end
print(shared(300))
-- Garbage in the midst.
local function tree(d) if d == 0 then return {} end local l = tree(d - 1) local r = tree(d - 1) return {l, r} end
local function size(t) if not t[1] then return 1 end local a = size(t[1]) local b = size(t[2]) return a + b end
for i = 1, 20 do tree(6) end
print(size(tree(12)))
