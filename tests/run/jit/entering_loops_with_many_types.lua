-- Loops entered once that become hot while running: every live variable, of every kind, must survive the switch.
local n, f, str, bool, null, tbl, fun = 1, 1.5, "s", true, nil, { 1 }, function(x) return x + 1 end
local wide, co, big = 1 << 62, coroutine.wrap(function() while true do coroutine.yield(1) end end), 2.0 ^ 80
for i = 1, 1000 do
  n = n + 1
  f = f + 0.5
  if i % 250 == 0 then
    str = str .. i
    bool = not bool
    null = null == nil and i or nil
    tbl[#tbl + 1] = i
    wide = wide + 1
  end
  n = fun(n) + co() - 1
  big = big / 1.01
end
print(n, f, str, bool, null, #tbl, wide, ("%.6e"):format(big))

-- A while loop, a repeat loop and a loop of gotos, each the hot one.
local i, a, b = 0, 0, 1
while i < 900 do i = i + 1 a, b = b, (a + b) % 1000007 end
print(i, a, b)
repeat i = i - 1 a = a ~ i until i == 0
print(i, a)
do
  local k, acc = 0, {}
  ::top::
  k = k + 1
  if k % 300 == 0 then acc[#acc + 1] = k end
  if k < 1000 then goto top end
  print(k, table.concat(acc, " "))
end

-- The inner loop gets hot first, in the middle of the outer one's turn.
local outer, inner, last = 0, 0, nil
for r = 1, 4 do
  local fresh = { r }
  outer = outer + 1
  for c = 1, r * 200 do
    inner = inner + fresh[1]
    last = c
    if c == 500 then fresh = { 0.5 } end
  end
  print(r, outer, inner, last, fresh[1])
end

-- Varargs, upvalues, constants and a to-be-closed variable around a hot loop.
local function around(...)
  local shared = 0
  local function bump() shared = shared + 1 end
  local c <close> = setmetatable({}, { __close = function(_, e) print("closed", shared, e) end })
  local K <const> = 3
  local sum = 0
  for k = 1, 600 do
    bump()
    sum = sum + select(k % 2 + 1, ...) * K
    if k == 590 and select("#", ...) == 3 then error("three", 0) end
  end
  return sum, shared, ...
end
print(around(1, 2)) print(pcall(around, 1, 2, 3))

-- Loop state: float counters, wide bounds, generic loops with hidden state, deep nesting.
local count = 0
for x = 0.5, 400 do count = count + x end
for w = (1 << 47) - 300, (1 << 47) + 300 do count = count + w % 2 end
for _, v in next, { 10, 20, 30 } do for k = 1, 300 do count = count + v end end
local function upto(m) local k = 0 return function() k = k + 1 if k < m then return k end end end
for v in upto(700) do count = count + v end
print(count)
local depth = 0
for p = 1, 3 do for q = 1, 3 do for r = 1, 3 do for s = 1, 40 do
  depth = depth + p * q * r
  if s == 39 then depth = depth + 0.25 end
end end end end
print(depth)
-- The loop is left by return from within two others, after becoming hot.
local function find(limit)
  for p = 1, limit do
    local row = p * p
    for q = 1, limit do
      if row + q * q == 900 + 1600 and p > 30 then return p, q, "found" end
    end
  end
end
print(find(60))
