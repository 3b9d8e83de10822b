-- Integral floats as keys are integers; others are not. Reads, writes, holes and iteration.
local t = {}
for i = 1, 300 do t[i * 1.0] = i end
local s = 0
for i = 1, 300 do s = s + t[i] + t[i + 0.0] + (t[i + 0.5] or 0) end
print(#t, s)
for k, v in pairs(t) do if math.type(k) ~= "integer" or k ~= v then print("wrong", k, v) end end
local halves = {}
for i = 0, 600 do halves[i / 2] = i end
local whole, broken = 0, 0
for k in pairs(halves) do if math.type(k) == "integer" then whole = whole + 1 else broken = broken + 1 end end
print(whole, broken, #halves, halves[7], halves[7.5], halves[300.0])

-- One access site takes integers, then integral floats, then others.
local function get(a, k) return a[k] end
local function set(a, k, v) a[k] = v end
local a = {}
for i = 1, 300 do set(a, i, i) end
for i = 1, 300 do set(a, i + 0.0, -i) end
for i = 1, 300 do set(a, i + 0.25, i) end
s = 0
for i = 1, 300 do s = s + get(a, i) * 2 + get(a, i + 0.0) + get(a, i + 0.25) end
print(s, #a, get(a, 301.0), get(a, 0.25))
local misses = 0
for _, k in ipairs({ 0.5, -1.0, 0.0, -0.0, 301.0, 1e300, -1e300, 1 / 0, 2^63, -2^63, 2^53 }) do
  for _ = 1, 40 do if get(a, k) == nil then misses = misses + 1 end end
end
print(misses)

-- Keys from divisions and multiplications: an index that turns into a float stays the same element.
local buckets = {}
for i = 1, 500 do
  local k = i / 5
  k = k // 1
  buckets[k] = (buckets[k] or 0) + 1
end
print(#buckets, buckets[0], buckets[1], buckets[99], buckets[100], buckets[100.0])
local mid = 0
local sorted = {}
for i = 1, 255 do sorted[i] = i * 3 end
for want = 3, 600, 9 do
  local lo, hi = 1, 255.0
  while lo <= hi do
    local m = (lo + hi) // 2
    if sorted[m] == want then mid = mid + m break elseif sorted[m] < want then lo = m + 1 else hi = m - 1 end
  end
end
print(mid, math.type(mid))

-- next, rawget, rawset, table functions and constructors normalise too.
local c = { [1.0] = "a", [2] = "b", [3.5] = "c" }
local n = 0
for _ = 1, 300 do if rawget(c, 2.0) == "b" and next(c, 1) ~= nil and rawequal(c[1], c[1.0]) then n = n + 1 end end
print(n, #c, select("#", table.unpack(c, 1.0, 2.0)), table.concat(c, "-", 1.0, 2.0))
for i = 1, 300 do table.insert(c, #c + 1.0, i) end
print(#c, c[302], pcall(table.insert, c, 1.5, 0)) 
-- The wide and the huge.
local w = {}
for e = 45, 66 do set(w, 2.0 ^ e, e) set(w, (2.0 ^ e) + 1, -e) end
local ints, flts = 0, 0
for k in pairs(w) do if math.type(k) == "integer" then ints = ints + 1 else flts = flts + 1 end end
print(ints, flts, get(w, 1 << 50), get(w, (1 << 50) + 1))
print(get(w, 1 << 62), get(w, (1 << 62) + 1), get(w, math.mininteger))
