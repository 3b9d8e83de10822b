-- Extra arguments in compiled functions: `select`, constructors, calls and returns that take all of them.

local function count(...)
  return select("#", ...)
end
local function nth(n, ...)
  return (select(n, ...))
end
local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do
    total = total + (select(i, ...) or 0)
  end
  return total
end
local function pack(...)
  return { n = select("#", ...), ... }
end
local function behind(a, b, ...)
  return { a, b, ... }
end
local function firsts(...)
  local a, b, c = ...
  return c, b, a
end
local function pass(...)
  return ...
end
local function through(f, ...)
  return f(...)
end
local function and_more(f, ...)
  local a, b = f("x", ...)
  return a, b
end

for i = 1, 60 do
  count(i, i, i)
  nth(2, i, i + 1, i + 2)
  sum(i, i, i)
  pack(i, nil, i)
  behind(1, 2, 3, 4)
  firsts(i)
  pass(i, i)
  through(firsts, i, i)
  and_more(pass, i)
end
print(count(), count(nil), count(nil, nil), count(1, 2, 3))
print(nth(1, "a", "b"), nth(2, "a", "b"), nth(3, "a", "b"), nth(100))
print(nth(-1, "a", "b"), nth(-2, "a", "b"))
print(pcall(nth, 0, "a"))
print(pcall(nth, -3, "a", "b"))
print(pcall(nth, "x", "a"))
print(nth("2", "a", "b"), nth(2.0, "a", "b"))
print(pcall(nth, 2.5, "a", "b"))
print(sum(), sum(1), sum(1, 2.5, 3), sum(nil, 4))
local t = pack()
print(t.n, #t)
t = pack(1, nil, 3)
print(t.n, t[1], t[2], t[3])
t = behind(1)
print(#t, t[1], t[2])
t = behind(1, 2, 3, nil, 5)
print(t[1], t[2], t[3], t[4], t[5])
print(firsts())
print(firsts(1, 2, 3, 4))
print(pass())
print(pass(nil, nil))
print(through(firsts, 1, 2, 3))
print(and_more(pass))
print(and_more(pass, 5))

-- Extra arguments stay what they are while the stack grows and moves.
local function deep(n, ...)
  if n == 0 then return select("#", ...), (select(2, ...)) end
  local count, second = deep(n - 1, ...)
  local first, again = ...
  return count + (again == second and 0 or 1000), second
end
for _ = 1, 20 do
  deep(5, "a", "b", "c")
end
print(deep(3000, "a", "b", "c"))

-- Many of them.
local many = {}
for i = 1, 240 do
  many[i] = i
end
for _ = 1, 20 do
  sum(table.unpack(many))
  pack(table.unpack(many))
end
print(sum(table.unpack(many)), pack(table.unpack(many)).n, #pack(table.unpack(many)))

-- `select` is replaced.
local genuine = select
local function replaced(...)
  return (select("#", ...))
end
for i = 1, 80 do
  if i == 60 then
    select = function()
      return "mine"
    end
  end
  local got = replaced(1, 2)
  if i == 59 or i == 61 then print(got) end
end
select = genuine
print(replaced(1, 2, 3))

-- Captured and changed extra arguments.
local function closures(...)
  local a, b = ...
  local function bump()
    a = (a or 0) + 1
    return a
  end
  bump()
  return bump() + (b or 0), ...
end
for i = 1, 60 do
  closures(i, 2)
end
print(closures(5, 6, 7))
print(closures())
local function shown(...)
  local value = 0
  for i = 1, 3 do
    if i == 2 then debug.setlocal(1, -1, "changed") end
    value = (...)
  end
  return value, (select(1, ...))
end
for _ = 1, 40 do
  shown("old")
end
print(shown("old"))

-- Where the border of a list lies does not depend on how it was made.
local function after_nil(a, ...)
  local t = { a, ... }
  return #t, t[2]
end
for _ = 1, 40 do
  after_nil(nil, 1, "e", nil)
end
print(after_nil(nil, 1, "e"), after_nil(1, nil, 3), after_nil(nil))
