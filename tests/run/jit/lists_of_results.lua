-- Constructors that take all results of a call, and loops of `ipairs` that go beyond array parts, in compiled code.

local function results(n)
  if n == 0 then return end
  if n == 1 then return 1 end
  if n == 2 then return 1, nil end
  return n, nil, n + 1, results(n - 2)
end
local function collect(n)
  return { results(n) }
end
local function collect_after(n, a)
  local t = { a, "x", results(n) }
  return t, a
end
local function nested(n)
  return { { results(n) }, { results(n - 1) }, results(n) }
end
local function count(t)
  local n, highest = 0, 0
  for key in pairs(t) do
    n = n + 1
    highest = math.max(highest, key)
  end
  return n .. "/" .. highest
end
for i = 1, 60 do
  collect(i % 7)
  collect_after(i % 7, i)
  nested(i % 7 + 1)
end
for n = 0, 6 do
  local t, a = collect_after(n, "a")
  local u = nested(n + 1)
  print(n, count(collect(n)), count(t), t[1] == a, t[2], t[3], count(u), count(u[1]), count(u[2]), u[3], u[5])
end
local big = {}
for i = 1, 200 do
  big[i] = i
end
local function all()
  return { "first", table.unpack(big) }
end
for _ = 1, 40 do
  all()
end
print(#all(), all()[1], all()[201])

local function sum(t)
  local total, last = 0, 0
  for i, v in ipairs(t) do
    total = total + v
    last = i
  end
  return total, last
end
local backwards, holes, hashed = {}, { 1, 2, nil, 4 }, { [1] = 1, [2] = 2, [4] = 4 }
for i = 10, 1, -1 do
  backwards[i] = i
end
local inherits = setmetatable({ 1, 2 }, { __index = { 5, 5, 3, 4 } })
local computed = setmetatable({}, {
  __index = function(_, i)
    if i <= 5 then return i * 10 end
  end,
})
for _ = 1, 30 do
  sum(big)
  sum(backwards)
  sum(holes)
  sum(hashed)
  sum({})
  sum(inherits)
  sum(computed)
end
for _, t in ipairs({ big, backwards, holes, hashed, {}, inherits, computed }) do
  print(sum(t))
end
print(pcall(sum, setmetatable({}, { __index = function(_, i) return i < 3 and i or error("at " .. i, 0) end })))
print(pcall(sum, 5))
print(pcall(sum, { 1, "2", {} }))

-- A list that grows and shrinks under the loop.
local function grow(limit)
  local t, rounds = { 1 }, 0
  for i, v in ipairs(t) do
    rounds = rounds + v
    if i < limit then t[i + 1] = i % 3 end
    if i == limit - 2 then t[i - 1] = nil end
  end
  return rounds, #t
end
for _ = 1, 40 do
  grow(20)
end
print(grow(30))

-- Order of strings decides where loops and sorts go.
local words = {}
for word in ("the quick brown fox jumps over the lazy dog and then some more words follow it a\0b a\0a a"):gmatch("%S+") do
  words[#words + 1] = word
end
local function sorted(list, before)
  local copy = { table.unpack(list) }
  for i = 2, #copy do
    local item, j = copy[i], i - 1
    while j > 0 and before(item, copy[j]) do
      copy[j + 1] = copy[j]
      j = j - 1
    end
    copy[j + 1] = item
  end
  return table.concat(copy, " ")
end
for _ = 1, 20 do
  sorted(words, function(a, b) return a < b end)
  sorted(words, function(a, b) return b <= a end)
end
print((sorted(words, function(a, b) return a < b end):gsub("%z", "0")))
print((sorted(words, function(a, b) return b <= a end):gsub("%z", "0")))
