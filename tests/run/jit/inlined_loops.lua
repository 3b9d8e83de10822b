-- Functions with loops in place of their calls: left in the middle of a loop, by every way out.

local function sum(t) local s = 0 for i = 1, #t do s = s + t[i] end return s end
local function find(t, x) for i, v in ipairs(t) do if v == x then return i end end return nil end
local function keys(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
local function up(n) repeat n = n + 1 until n % 7 == 0 return n end
local function each(t, f) for i = 1, #t do f(t[i]) end end

local function run(n, t)
  local s = 0
  for i = 1, n do
    s = s + sum(t) + (find(t, i % 5) or 0) + keys(t) + gcd(i, 12) + up(i)
    each(t, function(v) s = s + v end)
    s = s % 1000003
  end
  return s
end
for _ = 1, 20 do run(20, { 1, 2, 3, 4 }) end
print(run(500, { 1, 2, 3, 4 }))
print(run(50, { 1, 2.5, 3, 4 }))
print(run(50, { 4, 3, k = 1 }))
print(run(5, setmetatable({ 7 }, { __index = function(_, k) if k < 5 then return k end end })))
print(pcall(run, 5, { 1, {}, 3 }))
print(pcall(run, 5, { 1, "x", 3 }))

-- Nested loops, one within a function that is called within another's.
local function row(t) local s = 0 for _, v in ipairs(t) do s = s + v end return s end
local function rows(m) local s = 0 for i = 1, #m do s = s + row(m[i]) end return s end
local function all(n, m) local s = 0 for _ = 1, n do s = s + rows(m) end return s end
for _ = 1, 20 do all(10, { { 1, 2 }, { 3 }, {} }) end
print(all(100, { { 1, 2 }, { 3 }, {} }), all(3, { { 1.5 }, { 2 } }))
print(pcall(all, 3, { { 1 }, { false } }))

-- Yields and collections in the loops; values of the callers wait.
local function steps(n, y)
  local made = {}
  for i = 1, n do
    made[#made + 1] = { i }
    if y then coroutine.yield(#made) end
  end
  return #made, made[n][1]
end
local function walk(n, y)
  local text = "w"
  for i = 1, n do
    local held = { i }
    local a, b = steps(i, y)
    text = text .. held[1] .. a .. b
    if i % 5 == 0 then collectgarbage("step") end
  end
  return text
end
for _ = 1, 30 do walk(8) end
print(walk(12))
local co = coroutine.wrap(walk)
local got = {}
for i = 1, 6 do got[i] = tostring(co(3, true)) end
print(table.concat(got, " "), co())

-- Long runs of an inlined loop.
local function long(n) local s = 0 for i = 1, n do s = s + i % 3 end return s end
local function longs(k, n) local s = 0 for _ = 1, k do s = s + long(n) end return s end
print(longs(300, 10), longs(3, 200000))
