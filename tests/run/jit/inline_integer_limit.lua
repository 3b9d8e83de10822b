-- Loops cross 2^47, where an implementation may change how it represents integers, in both directions.
local edge = 1 << 47
local function climb(from, step, n)
  local x = from
  for _ = 1, n do x = x + step end
  return x, math.type(x)
end
print(climb(edge - 300, 1, 600)) print(climb(-edge + 300, -1, 600))
print(climb(edge + 300, -1, 600)) print(climb(-edge - 300, 1, 600))
print(climb(edge - 1, 0, 300)) print(climb(edge, 0, 300)) print(climb(-edge, 0, 300)) print(climb(-edge - 1, 0, 300))
print(climb(0, edge // 100, 500)) print(climb(0, -(edge // 100), 500))

local function products(n)
  local inside, outside, sum = 0, 0, 0
  for i = 1, n do
    local p = i * (1 << 39)
    if p < edge then inside = inside + 1 else outside = outside + 1 end
    sum = sum ~ p
  end
  return inside, outside, sum
end
print(products(512))

local function negate(n)
  local x, flips = edge - n // 2, 0
  for i = 1, n do
    x = -x
    if x < 0 then x = x - 1 else x = x + 1 end
    if x == -edge or x == edge then flips = flips + 1 end
  end
  return x, flips
end
print(negate(600)) print(negate(601))

-- The edge as loop bounds, as table keys, in comparisons and as strings.
local count, last = 0, nil
for i = edge - 150, edge + 150 do count, last = count + 1, i end
print(count, last)
for i = -edge + 150, -edge - 150, -1 do count, last = count + 1, i end
print(count, last)
local keys = {}
for i = -200, 200 do keys[edge + i] = i end
local found = 0
for i = -200, 200 do if keys[edge + i] == i and keys[(edge + i) * 1.0] == i then found = found + 1 end end
print(found, keys[edge], keys[2.0 ^ 47], keys[-edge])
local less, equal = 0, 0
for i = -200, 200 do
  local x = edge + i
  if x < edge then less = less + 1 end
  if x == edge + 0.0 then equal = equal + 1 end
end
print(less, equal, edge - 1 < edge, edge == edge + 0, edge - 1 == edge)
local text = {}
for i = -2, 2 do text[#text + 1] = tostring(edge + i) .. (-edge + i) end
print(table.concat(text, " "))

-- Shifts and masks move bits over the edge.
local bits = {}
for i = 0, 63 do
  local v = 1 << i
  bits[#bits + 1] = (v >> i == 1 and v & (v - 1) == 0 and (v ~ v) == 0) and "1" or "0"
end
print(table.concat(bits))
local r = 0x123456789abcdef
for i = 1, 640 do r = (r << 1) | (r >> 63) end
print(("%x"):format(r))
