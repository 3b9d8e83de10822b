-- An accumulator that is an integer for long becomes a float, at several points of a hot loop.
local function sum(n, at, what)
  local s = 0
  for i = 1, n do
    if i == at then s = s + what else s = s + i end
  end
  return s
end
for _, at in ipairs({ 1, 2, 299, 300, 301, 599, 600, 601 }) do
  local s = sum(600, at, 0.0)
  print(at, s, math.type(s))
end
print(sum(600, 400, 0.25), sum(600, 400, "0.5"), sum(600, 400, "7"), sum(600, 400, 2^60))
print(sum(600, 400, 0), math.type(sum(600, 400, 0)))

-- The float comes from a product, a quotient or a power rather than from a constant.
local function mix(n)
  local a, b, c = 1, 1, 1
  local log = {}
  for i = 1, n do
    a = a + i
    if i == 250 then b = b / 4 elseif i == 350 then c = c ^ 2 end
    b = b + a
    c = c + (b // 1)
    if i % 125 == 0 then log[#log + 1] = string.format("%s/%s/%s", math.type(a), math.type(b), math.type(c)) end
  end
  return a, b, c, table.concat(log, " ")
end
print(mix(500))
print(mix(240))

-- Back to an integer, and again to a float: the loop settles on neither.
local function swing(n)
  local s, kinds = 0, { integer = 0, float = 0 }
  for i = 1, n do
    if i % 100 == 0 then s = s + 0.5 elseif i % 100 == 50 then s = math.floor(s) end
    s = s + 1
    local k = math.type(s)
    kinds[k] = kinds[k] + 1
  end
  return s, kinds.integer, kinds.float
end
print(swing(1000))

-- Two accumulators exchange their places, so that a register alternates between kinds.
local function exchange(n)
  local x, y = 0, 0.5
  for i = 1, n do
    x, y = y, x + 1
    if i >= n - 2 then print(i, x, y, math.type(x), math.type(y)) end
  end
end
exchange(300)
exchange(301)
