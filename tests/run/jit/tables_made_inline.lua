-- Tables that compiled code makes itself: what they hold, who sees them, and what guards that fail half-way leave of them.

local Vector = {}
Vector.__index = Vector

function Vector.new(x, y)
  return setmetatable({ x = x, y = y }, Vector)
end

function Vector:plus(other)
  return Vector.new(self.x + other.x, self.y + other.y)
end

function Vector:times(factor)
  return Vector.new(self.x * factor, self.y * factor)
end

function Vector:dot(other)
  return self.x * other.x + self.y * other.y
end

-- Nobody sees the tables in between; the kinds of numbers change on the way.
local function sums(n, one, factor)
  local sum = Vector.new(0, 0)
  for i = 1, n do
    sum = sum:plus(Vector.new(i, one):times(factor)):plus(Vector.new(one, i))
  end
  return sum.x, sum.y, sum:dot(Vector.new(1, 2))
end
print(sums(300, 1, 2))
print(sums(300, 1.5, 2))
print(sums(300, 1, 0.5))
print(sums(300, math.maxinteger, 3))
print(pcall(sums, 300, "1", 2))
print(pcall(sums, 300, {}, 2))

-- A field that is nil now and then, and one that is not where the others have it.
local function record(a, b, c)
  local made = { a = a, b = b, c = c }
  made.d = (made.a or 0) + (made.b or 10) + (made.c or 100)
  return made
end
local total, keys = 0, 0
for i = 1, 400 do
  local made = record(i % 7 ~= 0 and i or nil, i % 5 ~= 0 and 1 or nil, i)
  total = total + made.d
  for _ in pairs(made) do
    keys = keys + 1
  end
end
print(total, keys)

-- What is changed by way of another table.
local function aliases(n, deep)
  local seen = 0
  for i = 1, n do
    local inner = { v = i }
    local outer = { inner = inner, other = deep }
    local alias = outer.inner
    alias.v = alias.v + 1
    local before = inner.v
    inner.v = 7
    seen = seen + before + alias.v
    if i % 50 == 0 then
      deep.kept = inner
    end
    local kept = deep.kept
    if kept then
      kept.v = kept.v + 1
      seen = seen + inner.v * 1000
    end
    inner.self = inner
    seen = seen + inner.self.self.v
  end
  return seen
end
print(aliases(400, {}))

-- Tables that are seen on one way only.
local list = {}
local function sometimes(i)
  local made = { i = i, square = i * i }
  if i % 10 == 0 then
    list[#list + 1] = made
  end
  made.i = made.i + 1
  return made.i + made.square
end
local sum = 0
for i = 1, 500 do
  sum = sum + sometimes(i)
end
print(sum, #list, list[1].i, list[50].i, list[50].square)

-- The same table on several ways, and in the next round.
local function rounds(n)
  local last, out = { n = 0 }, 0
  for i = 1, n do
    local this = { n = i }
    local chosen = i % 3 == 0 and last or this
    chosen.n = chosen.n * 2
    out = out + this.n + last.n * 3 + (chosen == this and 1 or 0)
    last = this
  end
  return out
end
print(rounds(400))

-- A guard that fails after the table was made must not do it twice.
local count = 0
local function counted(value)
  count = count + 1
  local made = { value = value, doubled = value + value }
  return made.doubled
end
local text = 0
for i = 1, 300 do
  text = text + counted(i)
end
text = text + counted(1.25) + counted("4")
print(text, count, pcall(counted, {}))
print(count)

-- Errors have the right place and leave what was done before.
local function failing(t, i)
  local made = { i = i }
  t.last = made
  made.j = made.i + t.bonus
  return made.j
end
local t = { bonus = 1 }
for i = 1, 300 do
  failing(t, i)
end
t.bonus = nil
print(pcall(failing, t, 7))
print(t.last.i, t.last.j)

-- More fields than fit, and none at first.
local function grown(n)
  local made = {}
  for i = 1, n do
    made["f" .. i] = i
  end
  made.last = n
  return made
end
for i = 1, 100 do
  grown(i)
end
print(grown(40).f40, grown(40).last, grown(3).f4)

-- Small tables in great numbers, some of which stay.
local kept = {}
local function many(n)
  local chain
  for i = 1, n do
    chain = { value = i, next = i % 100 ~= 0 and chain or nil }
    if i % 1000 == 0 then
      kept[#kept + 1] = chain
    end
    local brief = { value = i, chain = chain }
    chain = brief.chain
  end
end
many(60000)
collectgarbage()
local length = 0
for _, chain in ipairs(kept) do
  while chain do
    length = length + chain.value % 2 + 1
    chain = chain.next
  end
end
print(#kept, length)
