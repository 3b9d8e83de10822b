-- Numbers in hot loops become strings, and strings numbers; arithmetic goes on through coercion.
local function add(n, at, value)
  local x = 0
  for i = 1, n do
    if i == at then x = value end
    x = x + 1
  end
  return x, math.type(x)
end
print(add(500, 300, "10")) print(add(500, 300, "0x10")) print(add(500, 300, " 1e1 ")) print(add(500, 300, "10."))
print(pcall(add, 500, 300, "ten")) print(pcall(add, 500, 300, "")) print(pcall(add, 500, 300, "1 2"))
print(pcall(add, 500, 300, "0x")) print(add(500, 500, "0x7fffffffffffffff"))

local function join(n, at)
  local s = 0
  for i = 1, n do
    if i < at then s = s + i elseif i % 50 == 0 then s = s .. "," .. i end
  end
  return s, type(s)
end
print(join(600, 400)) print(join(600, 601)) print(join(600, 1))

-- A comparison that has seen numbers only meets a string and must not coerce it.
local function below(n, values, limit)
  local c = 0
  for i = 1, n do
    local v = values[(i - 1) % #values + 1]
    if v < limit then c = c + 1 end
  end
  return c
end
print(below(400, { 1, 2, 3, 4 }, 3), below(400, { "1", "2", "10" }, "2"))
print(pcall(below, 400, { 1, 2, 3, "4" }, 3)) print(pcall(below, 400, { "a", "b", 3 }, "b"))

-- Equality never coerces, table keys neither.
local t = { [1] = "number", ["1"] = "string" }
local hits = { number = 0, string = 0, equal = 0 }
for i = 1, 600 do
  local k = i % 3 == 0 and "1" or 1
  hits[t[k]] = hits[t[k]] + 1
  if k == 1 then hits.equal = hits.equal + 1 end
end
print(hits.number, hits.string, hits.equal)

-- Bitwise operations take floats that are integers, but no strings, however numeric.
local acc = 0
for i = 1, 300 do
  local v = i
  if i % 100 == 0 then v = i + 0.0 elseif i % 100 == 50 then v = math.tointeger(i) end
  acc = acc ~ (v << 3)
end
print(acc)
print(pcall(function() for i = 1, 300 do acc = acc | (i == 200 and "15" or i) end end), acc)
print(pcall(function() for i = 1, 300 do acc = acc & (i == 200 and "x" or i) end end), acc)
print(pcall(function() for i = 1, 300 do acc = acc ~ (i == 200 and 1.5 or i) end end), acc)
