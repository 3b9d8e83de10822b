-- Calls of compiled functions for several results: as many, fewer or more than there are, moved stacks, errors, yields.

local function two(a, b) if a > b then return a, b end return b, a end
local function various(n)
  for i = 1, n do
    if i == n then break end
  end
  if n % 4 == 0 then return end
  if n % 4 == 1 then return n end
  if n % 4 == 2 then return n, n + 1 end
  return n, n + 1, n + 2, n + 3, n + 4
end

local function sum(n)
  local s, nils = 0, 0
  for i = 1, n do
    local a, b, c = various(i)
    local d = various(i)
    local x, y = two(i, 50)
    various(i)
    s = s + (a or 1) + (b or 2) + (c or 3) + (d or 4) + x - y
    if not c then nils = nils + 1 end
    local t = { various(i) }
    s = s + #t + select("#", various(i))
  end
  return s, nils
end
for _ = 1, 10 do sum(40) end
print(sum(500))

-- A recursion that returns several values, deep enough to move the stack.
local function deep(n)
  if n == 0 then return 1, 2, 3 end
  local a, b, c = deep(n - 1)
  return a + 1, b + 2, c + 3
end
for _ = 1, 50 do deep(10) end
print(deep(100), deep(3000))

-- Tail calls of functions with other numbers of results.
local function tail(n)
  for i = 1, 2 do if i == 3 then return end end
  return various(n)
end
local function tails(n)
  local s = 0
  for i = 1, n do
    local a, b, c, d = tail(i)
    s = s + (a or 1) + (b or 10) + (c or 100) + (d or 1000)
  end
  return s
end
for _ = 1, 20 do tails(20) end
print(tails(400))

-- Errors and yields below, and frames that somebody looks at.
local limit, yields = math.huge, false
local function guarded(n)
  for i = 1, 1 do
    if n > limit then error("too much: " .. n) end
    if yields then coroutine.yield(n) end
  end
  return n, -n
end
local function run(n)
  local s = 0
  for i = 1, n do
    local a, b = guarded(i)
    s = s + a * 2 + b
  end
  return s
end
for _ = 1, 30 do run(30) end
limit = 200
print(run(200), pcall(run, 300))
limit, yields = math.huge, true
local co = coroutine.wrap(run)
local seen = {}
for i = 1, 8 do seen[i] = co(7) end
print(table.concat(seen, " "))

-- The values behind the first are collected while others wait.
local function tables(n)
  for i = 1, 1 do n = n + 1 end
  return { n }, { n + 1 }, { n + 2 }
end
local function collect(n)
  local s = 0
  for i = 1, n do
    local a, b, c = tables(i)
    if i % 50 == 0 then collectgarbage() end
    local d, e = tables(i + 1)
    s = s + a[1] + b[1] * 2 + c[1] * 3 + d[1] + e[1]
  end
  return s
end
for _ = 1, 5 do collect(40) end
print(collect(300))

-- Results go to variables that closures have.
local function captured(n)
  local fs = {}
  for i = 1, n do
    local a, b = two(i, 5)
    fs[i] = function() a = a + 1 return a + b end
  end
  local s = 0
  for i = 1, n do s = s + fs[i]() + fs[i]() end
  return s
end
for _ = 1, 10 do captured(20) end
print(captured(50))
