-- Closures created and called in hot loops, escaping or not.
local s = 0
for i = 1, 200 do local f = function(x) return x + i end s = s + f(1) end
print(s)
local fs = {}
for i = 1, 100 do
  local k = i * 2
  local function g() k = k + 1 return k end
  if i % 10 == 0 then fs[#fs + 1] = g end
  s = s + g()
end
print(s)
for _, g in ipairs(fs) do s = s + g() + g() end
print(s)
local function map(t, f) local r = {} for i = 1, #t do r[i] = f(t[i], i) end return r end
local function fold(t, f, a) for _, v in ipairs(t) do a = f(a, v) end return a end
local function filter(t, p)
  local r = {}
  for _, v in ipairs(t) do if p(v) then r[#r + 1] = v end end
  return r
end
local l = {}
for i = 1, 60 do l[i] = i end
for r = 1, 10 do
  local th = r * 3
  s = fold(filter(map(l, function(x) return x * r end), function(x) return x % th ~= 0 end), function(a, b)
    return a + b
  end, 0)
end
print(s)
local function range(n) return function(_, i) if i < n then return i + 1 end end, nil, 0 end
s = 0
for i in range(50) do for j in range(i) do s = s + j end end
print(s)
local function acc()
  local t = 0
  return function(v) t = t + v return t end, function() return t end
end
local add, get = acc()
for i = 1, 100 do add(i) if i % 30 == 0 then add(0.5) end end
print(get())
local lazy = {}
for i = 1, 20 do
  lazy[i] = function() local v = i * i lazy[i] = function() return v end return v end
end
s = 0
for r = 1, 3 do for i = 1, 20 do s = s + lazy[i]() end end
print(s)
local function memo(f)
  local c = {}
  return function(n)
    local v = c[n]
    if v == nil then v = f(n) c[n] = v end
    return v
  end
end
local fib
fib = memo(function(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end)
print(fib(80))
local function counter(n)
  local i = 0
  return function() if i < n then i = i + 1 return i end end
end
s = 0
for v in counter(100) do if v % 2 == 1 then s = s + v end end
print(s)
local function pipeline(...)
  local st = { ... }
  return function(v)
    for i = 1, #st do v = st[i](v) if v == nil then return nil end end
    return v
  end
end
local p = pipeline(function(x) return x > 5 and x or nil end, function(x) return x * 10 end, function(x)
  return x % 3 == 0 and x or nil
end)
s = 0
for i = 1, 50 do s = s + (p(i) or 0) end
print(s)
