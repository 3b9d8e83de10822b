-- Vararg functions in place of their calls: extra arguments are the caller's registers; they are seen from outside too.

local unpack = table.unpack

local function count(...) return select("#", ...) end
local function second(...) return (select(2, ...)) end
local function from(n, ...) return select(n, ...) end
local function pack(...) return { n = select("#", ...), ... } end
local function pass(f, ...) return f(...) end
local function wrap(f, ...) local r = { f(...) } return unpack(r) end
local function first3(...) local a, b, c = ... return a, b, c end
local function join(sep, ...) return table.concat({ ... }, sep) end
local function add(a, b, c) return (a or 0) + (b or 0) + (c or 0) end
local function curry(f, a) return function(...) return f(a, ...) end end
local function compose(f, g) return function(...) return f(g(...)) end end

local function run(n)
  local s, text = 0, ""
  local plus = curry(add, 5)
  local h = compose(function(x) return x * 2 end, plus)
  local h2 = compose(add, function(...) return ..., 1 end)
  for i = 1, n do
    s = s + count() + count(nil) + count(i, nil, nil) + (second(i, i + 1) or 0)
    s = s + pass(add, i) + pass(add, i, 1) + pass(add, i, 1, 2) + wrap(add, i, 2)
    s = s + plus(i) + plus(i, i) + h(i, 1) + h2(i, 100)
    local t = pack(i, nil, i)
    s = s + t.n + t[1] + t[3]
    local a, b, c = first3(i, i)
    s = s + a + b + (c == nil and 1 or 0)
    local x, y = from(2, i, i + 1, i + 2)
    s = s + x + y
    local z = from(i % 3 + 1, 1, 10, 100)
    s = s + z
    text = join("-", i, "x", s % 7)
    s = s % 1000003
  end
  return s, text
end
for _ = 1, 20 do run(30) end
print(run(500))

-- Types change, which leaves in the middle.
print(pcall(run, 10.0))
print(pass(add, 1.5, 2), pcall(pass, add, "x"))
for _ = 1, 5 do print(wrap(function(...) return ... end, 1, nil, 3)) end

-- Selecting beyond the end, by numbers that are not known, and by bad ones.
local function pick(n, ...) return (select(n, ...)) end
local function picks()
  local s = ""
  for i = 1, 6 do s = s .. tostring(pick(i, "a", "b", "c")) end
  return s
end
for _ = 1, 40 do picks() end
print(picks(), pcall(pick, 0, 1), pick(-1, 1, 2, 3))

-- Extra arguments as others see them.
local function look(...)
  local name, value = debug.getlocal(2, -1)
  return tostring(name) .. tostring(value) .. select("#", ...)
end
local function looked(a, ...)
  local b = a
  local r = look(...)
  return r, b
end
local function looks(n)
  local r
  for i = 1, n do r = looked(i, i + 1, i + 2) end
  return r
end
for _ = 1, 30 do looks(10) end
print(looks(50))

-- Yields, errors and collections below.
local yields, fails = false, false
local function below(...)
  if yields then coroutine.yield(...) end
  if fails then error("below " .. select("#", ...)) end
  return ...
end
local function middle(tag, ...)
  local a, b = below(...)
  collectgarbage("step")
  return tag, a, b, ...
end
local function outer(n)
  local s = ""
  for i = 1, n do
    local t, a, b, c, d = middle("t", { i }, i, "e")
    s = t .. a[1] .. b .. c[1] .. d
  end
  return s
end
for _ = 1, 30 do outer(10) end
print(outer(50))
yields = true
local co = coroutine.wrap(outer)
local t, i, e = co(3)
print(t[1], i, e)
t, i, e = co()
print(t[1], i, e)
yields, fails = false, true
print(pcall(co))
print(pcall(outer, 3))

-- A constructor of objects, with and without parents.
local function class(parent)
  local c = setmetatable({}, { __index = parent, __call = function(cls, ...)
    local o = setmetatable({}, cls)
    o:init(...)
    return o
  end })
  c.__index = c
  return c
end
local Point = class()
function Point:init(x, y, ...) self.x, self.y, self.more = x, y, select("#", ...) end
local Named = class(Point)
function Named:init(name, ...) self.name = name Point.init(self, ...) end
local function make(n)
  local s = 0
  for k = 1, n do
    local p, q = Point(k, k + 1, 1), Named("n", k, 2, 3, nil, nil)
    s = s + p.x + p.y + p.more + q.x + q.y + q.more + #q.name
  end
  return s
end
for _ = 1, 20 do make(20) end
print(make(200))

-- The line of an error in an inlined vararg function.
local function bad(...)
  local a = ...
  return a.x
end
local function bads(v) return bad(v, 1), 1 end
for _ = 1, 100 do bads({}) end
print(pcall(bads, nil))
