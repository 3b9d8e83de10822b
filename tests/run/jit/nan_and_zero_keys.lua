-- Keys that are NaN, zero, minus zero, infinite or integral floats, in hot accesses.
local nan, inf = 0 / 0, 1 / 0
local function read(t, keys, n)
  local hits = 0
  for i = 1, n do if t[keys[(i - 1) % #keys + 1]] ~= nil then hits = hits + 1 end end
  return hits
end
local t = { [0] = "zero", [1] = "one", [inf] = "inf", [-inf] = "-inf", [0.5] = "half" }
print(read(t, { 0, 1, 2 }, 600), read(t, { 0, -0.0, 0.0 }, 600), read(t, { nan, -nan, inf - inf }, 600))
print(read(t, { inf, -inf, 2^53, 0.5, -0.5 }, 600), read(t, { 1, 1.0, "1", true, nan }, 600))

-- Stores: NaN is refused with an error, reading it gives nil, rawset and rawget alike.
local function write(n, at, key)
  local o = {}
  for i = 1, n do
    local k = i
    if i == at then k = key end
    o[k] = i
  end
  return #o, o[0], o[key]
end
print(write(300, 301, 0)) print(write(300, 200, -0.0)) print(write(300, 300, 0 / 1)) print(write(300, 1, 1.0))
print(pcall(write, 300, 200, nan)) print(pcall(write, 300, 200, nil)) print(pcall(rawset, {}, nan, 1))
local keyed = {}
local ok, refused = 0, 0
for i = -300, 300 do
  local k = i / i
  if pcall(rawset, keyed, k, i) then ok = ok + 1 else refused = refused + 1 end
end
print(ok, refused, keyed[1], next(keyed), rawget(keyed, nan))

-- Keys computed as floats land in the array all the same.
local a = {}
for i = 1, 400 do a[i * 1.0] = i end
local s = 0
for i = 1, 400 do s = s + a[i] end
print(#a, s, a[400.0], a[400.5])
for i = 400, 1, -1 do a[i / 1] = nil end
print(#a, next(a))
for i = 1, 300 do a[i - 0.5 + 0.5] = -i end
local integers = 0
for k in pairs(a) do if math.type(k) == "integer" then integers = integers + 1 end end
print(integers, #a)

-- Zero and minus zero are one key; iterations give back the integer.
local z = {}
for i = 1, 400 do
  local k = (i % 2 == 0) and 0.0 or -0.0
  z[k] = (z[k] or 0) + 1
end
print(next(z)) print(z[0], z[-0.0], math.type(next(z)))

-- Huge floats are integers only within range.
local big = {}
for e = 40, 70 do big[2.0 ^ e] = e big[-(2.0 ^ e)] = -e end
local int, flt = 0, 0
for k, v in pairs(big) do
  if math.type(k) == "integer" then int = int + 1 else flt = flt + 1 end
  assert(k == (v > 0 and 2.0 ^ v or -(2.0 ^ -v)))
end
print(int, flt, big[1 << 62], big[math.mininteger], big[2^63], big[math.maxinteger])
