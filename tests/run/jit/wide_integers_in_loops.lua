-- Variables of loops that hold integers beyond 48 bits, always or at times, and other things of the same kind.
local function fnv(text, hash)
  for i = 1, #text do
    hash = (hash ~ text:byte(i)) * 0x100000001b3
  end
  return hash
end
local hash = 0xcbf29ce484222325
for i = 1, 400 do hash = fnv("the quick brown fox " .. i, hash) end
print(("%016x"):format(hash))

local function xorshift(state, count)
  local sum, seen = 0, {}
  for i = 1, count do
    state = state ~ state >> 12
    state = state ~ state << 25
    state = state ~ state >> 27
    sum = sum + state * 0x2545f4914f6cdd1d
    if i % 97 == 0 then seen[#seen + 1] = state end
  end
  return sum, table.concat(seen, ",")
end
print(xorshift(0x9e3779b97f4a7c15, 600))

-- Small first, then not, then small again.
local function wander(n)
  local x, list = 1, {}
  while n > 0 do
    x = x * 3
    if x > 1 << 60 then x = x >> 50 end
    list[n] = x
    n = n - 1
  end
  local sum = 0
  for i = 1, #list do sum = sum ~ list[i] end
  return sum, x
end
for _ = 1, 5 do print(wander(200)) end

-- A variable of the loop becomes a float, a string, nil, a coroutine, a table.
local others = { 1 << 50, 2.5, "7", coroutine.create(print), 1 << 60, {}, false, -1 << 55, 12 }
local function mixture(n)
  local x, counts = 1 << 49, {}
  for i = 1, n do
    local kind = math.type(x) or type(x)
    counts[kind] = (counts[kind] or 0) + 1
    if kind == "integer" then x = x + i end
    if i % 50 == 0 then x = others[i // 50 % #others + 1] end
  end
  return ("integer %d float %d string %d thread %d table %d boolean %d"):format(counts.integer, counts.float or 0,
    counts.string or 0, counts.thread or 0, counts.table or 0, counts.boolean or 0)
end
for _ = 1, 3 do print(mixture(2000)) end

-- Stores of integers that fit and then do not.
local function powers(n)
  local list, object = {}, {}
  local x = 1
  for i = 1, n do
    list[i] = x
    object.last = x
    x = x * 2 + 1
  end
  return list, object
end
for _ = 1, 4 do
  local list, object = powers(70)
  print(list[46], list[47], list[48], list[49], list[64], object.last, math.type(list[60]))
end

-- Counted loops at the edge of 48 bits, upwards and downwards.
local function edge(from, to, by)
  local count, sum = 0, 0
  for i = from, to, by do count, sum = count + 1, sum ~ i end
  return count, sum
end
for _ = 1, 3 do
  print(edge((1 << 47) - 400, (1 << 47) + 400, 1))
  print(edge((1 << 47) + 400, (1 << 47) - 400, -1))
  print(edge(-(1 << 47) + 401, -(1 << 47) - 401, -2))
  print(edge(math.maxinteger - 500, math.maxinteger, 1))
  print(edge(math.mininteger + 500, math.mininteger, -3))
end

-- The same around other loops, where these are what becomes hot.
local function around()
  local seen = {}
  for i = math.maxinteger - 2, math.maxinteger do
    local w = 0
    while w < 300 do w = w + 1 end
    for k = 1, 100 do w = w + (i & k) end
    for _, step in ipairs { 1, 2, 3 } do w = w + step end
    seen[#seen + 1] = i .. ":" .. w
  end
  for i = (1 << 47) - 1, (1 << 47) + 1 do
    local w = 0
    repeat w = w + 1 until w > 200
    seen[#seen + 1] = i .. ":" .. w
  end
  return table.concat(seen, " ")
end
for _ = 1, 4 do print(around()) end
