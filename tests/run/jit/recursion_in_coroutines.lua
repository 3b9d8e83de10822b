-- Deep recursion on the stacks of coroutines: hot, yielding, failing and unwinding.
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
local co = coroutine.wrap(function() local s = 0 for i = 1, 20 do s = s + depth(i * 50) end return s end)
print(co())
print(coroutine.wrap(depth)(5000), depth(5000))

-- A yield at the bottom of a recursion, and the way back.
local function dive(n) if n == 0 then return coroutine.yield("bottom") end local r = dive(n - 1) return r + n end
local w = coroutine.wrap(function() local s = 0 for i = 1, 30 do s = s + dive(i * 20) end return "sum " .. s end)
local v, bottoms = w(), 0
while v == "bottom" do bottoms = bottoms + 1 v = w(bottoms % 2 == 0 and 1 or 0.5) end
print(v, bottoms)

-- Recursive generators, one coroutine per level.
local function build(l, r)
  if l > r then return false end
  local m = (l + r) // 2
  return { left = build(l, m - 1), key = m, right = build(m + 1, r) }
end
local function walk(t)
  if t then walk(t.left) coroutine.yield(t.key) walk(t.right) end
end
local function keys(t) return coroutine.wrap(function() walk(t) end) end
local s, n, sorted = 0, 0, true
for k in keys(build(1, 400)) do n = n + 1 s = s * 3 + k sorted = sorted and k == n end
print(n, s, sorted)
local function nested(t)
  return coroutine.wrap(function()
    if t then
      for k in nested(t.left) do coroutine.yield(k) end
      coroutine.yield(t.key)
      for k in nested(t.right) do coroutine.yield(k) end
    end
  end)
end
s = 0
for k in nested(build(1, 60)) do s = s * 3 + k end
print(s)

-- Errors from the depth, with recursion before and after.
local function fail(k) if k == 0 then error("deep", 0) end return fail(k - 1) + 1 end
local caught = coroutine.wrap(function()
  local c = 0
  for i = 1, 40 do
    local ok, e = pcall(fail, i * 10)
    if not ok and e == "deep" then c = c + depth(i) end
    if i % 20 == 0 then coroutine.yield(c) end
  end
  return c
end)
print(caught(), caught(), caught())

-- A stack overflow within a coroutine leaves the others alone.
local function endless(x) return 1 + endless(x + 1) end
local bad = coroutine.create(function() return endless(1) end)
local ok, e = coroutine.resume(bad)
print(ok, e:match("stack overflow") , coroutine.status(bad)) print(depth(1000))
local safe = coroutine.wrap(function()
  local ok2, e2 = pcall(endless, 1)
  coroutine.yield(ok2, e2:match("stack overflow"))
  return depth(500)
end)
print(safe()) print(safe())

-- Ackermann and mutual recursion across a resume at each call.
local function ack(m, k)
  if m == 0 then return k + 1 elseif k == 0 then return ack(m - 1, 1) end
  return ack(m - 1, ack(m, k - 1))
end
print(coroutine.wrap(ack)(2, 12))
local function level(k) if k == 0 then return 0 end return 1 + coroutine.wrap(level)(k - 1) end
print(level(100))
