-- Long argument lists in loops: counting, selecting, passing on, packing.
local function count(...) return select("#", ...) end
local function last(...) return (select(-1, ...)) end
local function pass(...) return ... end
local list = {}
for i = 1, 200 do list[i] = i end
local total, lasts = 0, 0
for n = 1, 200 do
  total = total + count(table.unpack(list, 1, n))
  lasts = lasts + last(table.unpack(list, 1, n))
end
print(total, lasts)
local function sum(...)
  local s = 0
  for i = 1, select("#", ...) do s = s + (select(i, ...)) end
  return s
end
print(sum(table.unpack(list))) print(sum(pass(table.unpack(list))))
print(sum(), sum(1), pcall(sum, 1, nil)) print(pcall(sum, 1, "x", 3))

-- The number of arguments grows and shrinks by the turn.
local function forward(f, ...) return f(...) end
local function both(...) return count(...), count(nil, ...), count(..., nil), count((...)) end
local sums = { 0, 0, 0, 0 }
for i = 0, 400 do
  local a, b, c, d = forward(both, table.unpack(list, 1, i % 40))
  sums[1], sums[2], sums[3], sums[4] = sums[1] + a, sums[2] + b, sums[3] + c, sums[4] + d
end
print(table.concat(sums, " "))

-- nils within and at the end.
local function nils(...)
  local n, holes = select("#", ...), 0
  for i = 1, n do if select(i, ...) == nil then holes = holes + 1 end end
  return n, holes
end
local n, holes = 0, 0
for i = 1, 300 do
  local a, b = nils(1, nil, i % 2 == 0 and i or nil, i, nil)
  n, holes = n + a, holes + b
end
print(n, holes) print(nils(table.unpack({}, 1, 250)))

-- table.pack and { ... } keep what they get; select with negative and too large positions.
local packed = 0
for i = 1, 100 do
  local p = table.pack(pass(i, nil, i))
  packed = packed + p.n + p[3] + #{ pass(i, i) }
end
print(packed)
local function tail(k, ...) return count(select(k, ...)) end
local counts = {}
for k = -3, 5 do
  local ok, v = pcall(tail, k, "a", "b", "c")
  counts[#counts + 1] = ok and v or v:match("bad.*")
end
print(table.concat(counts, " | "))

-- Varargs of a function that becomes hot by recursion, and of a main loop's closure.
local function rotate(k, first, ...) if k == 0 then return first, ... end return rotate(k - 1, ..., first) end
print(rotate(0, 1, 2, 3)) print(select("#", rotate(5, 1, 2, 3)))
local function reverse(n, first, ...)
  if n == 0 then return end
  local function append(x, ...) return ... end
  return select(n, first, ...), reverse(n - 1, first, ...)
end
print(reverse(5, 1, 2, 3, 4, 5))
print(select("#", table.unpack(list, -299, 300)), (table.unpack(list, 200, 201)))
print(pcall(table.unpack, {}, 1, 1e8)) print(pcall(string.rep)) print(count(string.byte(("x"):rep(300), 1, -1)))
print(math.max(table.unpack(list)), math.min(table.unpack(list)), #string.char(table.unpack(list, 1, 127)))
