-- Upvalues that change type, are shared, and are reassigned in hot closures.
local u = 0
local function inc() u = u + 1 return u end
for i = 1, 100 do inc() end
u = 0.5
for i = 1, 100 do inc() end
print(u)
u = "10"
for i = 1, 5 do inc() end
print(u)
u = math.maxinteger
print(inc())
local f = function(x) return x + 1 end
local function call(n) local s = 0 for i = 1, n do s = s + f(i) end return s end
print(call(100))
f = function(x) return x * 2 end
print(call(100))
f = setmetatable({}, { __call = function(_, x) return -x end })
print(call(100))
f = nil
print(pcall(call, 1))
local t = { a = 1 }
local function get() return t.a end
local s = 0
for i = 1, 100 do
  s = s + get()
  if i == 50 then t = { b = 0, a = 2 } elseif i == 75 then t = setmetatable({}, { __index = { a = 3 } }) end
end
print(s)
local function mk()
  local c = 0
  local function a() c = c + 1 return c end
  local function b() c = c * 2 return c end
  local function r() c = {} end
  return a, b, r
end
local a, b, r = mk()
for i = 1, 20 do a() if i % 5 == 0 then b() end end
print(a())
r()
print(pcall(a))
local acc = {}
for i = 1, 5 do local x = i acc[i] = function(y) x = x + y return x end end
s = 0
for k = 1, 40 do for i = 1, 5 do s = s + acc[i](k % 2 == 0 and 1 or 0.5) end end
print(s)
local fib
fib = function(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(15))
local old = fib
fib = function(n) return 1 end
print(old(15))
local deep = 0
local function lvl1() return function() return function() deep = deep + 1 return deep end end end
for i = 1, 50 do lvl1()()() end
print(deep)
