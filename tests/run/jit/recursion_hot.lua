-- Hot recursive functions with changing argument kinds, errors at the bottom, varargs.
local function sum(t)
  local s = 0
  for _, v in ipairs(t) do s = s + (type(v) == "table" and sum(v) or v) end
  return s
end
local function nest(d, leaf)
  if d == 0 then return { leaf, leaf } end
  return { nest(d - 1, leaf), d, nest(d - 1, leaf) }
end
print(sum(nest(6, 1)), sum(nest(6, 0.5)), pcall(sum, nest(6, "x")), sum(nest(6, "2")))
local function pow(b, n)
  if n == 0 then return 1 end
  local h = pow(b, n // 2)
  return n % 2 == 0 and h * h or h * h * b
end
print(pow(2, 62), pow(2, 64), pow(2.0, 64), pow(3, 40), pow(1.5, 10))
local function count(n, ...) if n == 0 then return select("#", ...) end return count(n - 1, n, ...) end
for i = 1, 30 do count(i) end
print(count(60))
local function walk(t, f) if t.l then walk(t.l, f) end f(t.v) if t.r then walk(t.r, f) end end
local function insert(t, v)
  if not t then return { v = v } end
  if v < t.v then t.l = insert(t.l, v) else t.r = insert(t.r, v) end
  return t
end
local root
for i = 1, 200 do root = insert(root, i * 37 % 101) end
local prev, sorted, n = -1, true, 0
walk(root, function(v) n = n + 1 if v < prev then sorted = false end prev = v end)
print(n, sorted)
local function mc91(x) if x > 100 then return x - 10 end return mc91(mc91(x + 11)) end
print(mc91(1), mc91(99), mc91(101), mc91(50.5))
