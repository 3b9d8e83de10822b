-- % and // with every combination of signs and kinds, in loops whose operands change sign.
local function ints(from, to, d)
  local q, r = 0, 0
  for x = from, to do
    q = q * 3 + x // d
    r = r * 3 + x % d
    assert((x // d) * d + x % d == x)
  end
  return q, r
end
for _, d in ipairs({ 1, -1, 2, -2, 3, -3, 7, -7, 10, -10, 64, -64, 1000, -1000 }) do print(d, ints(-200, 200, d)) end

local function floats(from, to, d)
  local q, r = 0.0, 0.0
  for x = from, to, 0.5 do
    q = q + x // d
    r = r + x % d
  end
  return q, r
end
for _, d in ipairs({ 1.0, -1.0, 0.25, -0.25, 3.5, -3.5, 1e300, -1e300 }) do print(d, floats(-100, 100, d)) end

-- An integer loop that meets a float divisor or dividend in the middle, and a negative one.
local function switch(n, at, x, d)
  local s, k, m = 0, 5, 3
  for i = 1, n do
    if i == at then k, m = x, d end
    s = s + (i * k) % m + (i - k) // m
  end
  return s
end
print(switch(400, 500, 1, 1), switch(400, 200, -5, 3), switch(400, 200, 5, -3), switch(400, 200, -5, -3))
print(switch(400, 200, 5.5, 3), switch(400, 200, 5, 3.0), switch(400, 200, 5, -0.5), switch(400, 200, "5", "3"))
print(pcall(switch, 400, 200, 5, 0)) print(switch(400, 200, 5, 1 / 0), switch(400, 200, 5, -1 / 0))

-- Infinity and NaN on either side.
local inf, nan = 1 / 0, 0 / 0
local function kinds(f)
  local c = {}
  for i = -200, 200 do
    local v = f(i)
    local k = v ~= v and "nan" or v == inf and "inf" or v == -inf and "-inf" or v == 0 and "zero"
      or v > 0 and "positive" or "negative"
    c[k] = (c[k] or 0) + 1
  end
  local names = {}
  for k, n in pairs(c) do names[#names + 1] = k .. "=" .. n end
  table.sort(names)
  return table.concat(names, " ")
end
print(kinds(function(i) return i % inf end)) print(kinds(function(i) return i % -inf end))
print(kinds(function(i) return i // inf end)) print(kinds(function(i) return i // -inf end))
print(kinds(function(i) return i % nan end)) print(kinds(function(i) return inf % i end))
print(kinds(function(i) return i // 0.0 end)) print(kinds(function(i) return i % 0.0 end))
print(kinds(function(i) return i / 0 end)) print(kinds(function(i) return math.fmod(i, 7) end))

-- Cyclic indices, as programs compute them.
local ring, steps = { "a", "b", "c", "d", "e" }, {}
local at = 0
for i = 1, 300 do
  at = (at + (i % 2 == 0 and -3 or 1)) % #ring
  if i % 60 == 0 then steps[#steps + 1] = ring[at + 1] end
end
print(table.concat(steps), (-1) % 5, -1 % 5, -6 // 4, -6.0 // 4)
