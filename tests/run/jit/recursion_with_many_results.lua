-- Recursive functions with several results, whose kinds change with the depth.
local function divmod(n, d) if n < d then return 0, n end local q, r = divmod(n - d, d) return q + 1, r end
local q, r = 0, 0
for i = 1, 100 do local a, b = divmod(i * 7, 13) q, r = q + a, r + b end
print(q, r)
local function minmax(t, l, h)
  if l == h then return t[l], t[l], 1 end
  local m = (l + h) // 2
  local a, b, c = minmax(t, l, m)
  local d, e, f = minmax(t, m + 1, h)
  return a < d and a or d, b > e and b or e, c + f
end
local data = {}
for i = 1, 300 do data[i] = i * 7919 % 1009 end
print(minmax(data, 1, 300)) data[77] = -0.5 data[200] = 1e10 print(minmax(data, 1, 300))
data[150] = "text" print(pcall(minmax, data, 1, 300))

-- Results are collected on the way back: lists that grow.
local function collect(n, ...) if n == 0 then return ... end return collect(n - 1, n, ...) end
print(select("#", collect(200)), (collect(200)), (select(200, collect(200))))
local function unwind(n) if n == 0 then return end return n, unwind(n - 1) end
local s = 0
for _, v in ipairs({ unwind(150) }) do s = s + v end
print(s, select("#", unwind(150)), select(-1, unwind(150)))
local function split(n) if n <= 1 then return n end return split(n // 2), split(n - n // 2) end
print(select("#", split(50)), (split(50)))

-- The number of results depends on the argument; callers adjust.
local function some(n) if n % 3 == 0 then return n elseif n % 3 == 1 then return n, n + 1 end end
local a, b = 0, 0
local function sum(n)
  if n == 0 then return 0, 0 end
  local x, y = some(n)
  local p, w = sum(n - 1)
  return p + (x or 0), w + (y or -1)
end
for _ = 1, 20 do a, b = sum(100) end
print(a, b)

-- Integer, float and string results from one recursion.
local function kind(n)
  if n == 0 then return 0 elseif n == 50 then return kind(n - 1) + 0.5 elseif n == 90 then return kind(n - 1) .. "" end
  return kind(n - 1) + 1
end
for _, n in ipairs({ 10, 49, 50, 89, 90, 91, 120 }) do
  local v = kind(n)
  print(n, v, math.type(v) or type(v))
end

-- Mutual recursion with state passed back and forth; Ackermann, Hofstadter, Tak.
local female, male
function female(n)
  if n == 0 then return 1, 1 end
  local f, c = female(n - 1)
  local m, d = male(f)
  return n - m, c + d
end
function male(n)
  if n == 0 then return 0, 1 end
  local m, c = male(n - 1)
  local f, d = female(m)
  return n - f, c + d
end
print(female(14)) print(male(14))
local function tak(x, y, z, n)
  if y >= x then return z, n + 1 end
  local a1, n1 = tak(x - 1, y, z, n)
  local b1, n2 = tak(y - 1, z, x, n1)
  local c1, n3 = tak(z - 1, x, y, n2)
  return tak(a1, b1, c1, n3 + 1)
end
print(tak(8, 5, 2, 0))
local function walk(t, depth)
  if type(t) ~= "table" then return 1, depth end
  local n, deepest = 0, depth
  for _, v in ipairs(t) do
    local c, d = walk(v, depth + 1)
    n, deepest = n + c, math.max(deepest, d)
  end
  return n, deepest
end
local tree = { 1 }
for i = 1, 100 do tree = { tree, i, { i } } end
print(walk(tree, 0))
