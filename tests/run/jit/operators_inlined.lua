-- Metamethods of operators in hot code: their bodies may be translated in place of the operation, but nothing may show it.

local V = {}
V.__index = V
local function new(x, y)
  return setmetatable({ x = x, y = y }, V)
end
V.__add = function(a, b)
  return new(a.x + b.x, a.y + b.y)
end
V.__sub = function(a, b)
  return new(a.x - b.x, a.y - b.y)
end
V.__mul = function(a, b)
  if type(a) == "number" then return new(a * b.x, a * b.y) end
  if type(b) == "number" then return new(a.x * b, a.y * b) end
  return a.x * b.x + a.y * b.y
end
V.__unm = function(a)
  return new(-a.x, -a.y)
end
V.__eq = function(a, b)
  return a.x == b.x and a.y == b.y
end
V.__lt = function(a, b)
  return a.x < b.x
end
V.__le = function(a, b)
  return a.x <= b.x and "yes"
end
V.__mod = function()
end
V.__idiv = function(a, b)
  return a.x // b.x, "dropped"
end
V.__band = function(a, b)
  return a.x & b
end
V.__shl = function(a, b)
  local n = 0
  for i = 1, b do
    n = n + a.x
  end
  return n
end

local function work(n)
  local p, v, count, last = new(0, 0), new(1, 2), 0, nil
  for i = 1, n do
    p = p + v * 2 - v
    last = 3 * v
    if p == v then count = count + 1 end
    if p ~= v then count = count + 10 end
    if v < p then count = count + 100 end
    if v <= p then count = count + 1000 end
    if not (v < p) then count = count + 10000 end
    if v > p or v >= p then count = count + 100000 end
    count = count + (p % v == nil and 1 or 0) + (-p).x % 3 + (p // v) % 2
    count = count + (p & 3) + (v << 2)
  end
  return p.x, p.y, count, last.x, v * v
end
for _ = 1, 30 do
  work(30)
end
print(work(40))

-- The types of fields change in the middle of a metamethod.
local function sum(list)
  local total = new(0, 0)
  for i = 1, #list do
    local before = total
    total = total + list[i]
    if before == total then total = total + new(1, 0) end
  end
  return total.x, total.y
end
local list = {}
for i = 1, 50 do
  list[i] = new(i, -i)
end
for _ = 1, 30 do
  sum(list)
end
list[20] = new(0.5, 1)
list[30] = new(1 << 60, 1 << 62)
print(sum(list))
list[40] = new("7", 1)
print(sum(list))
list[41] = new({}, 1)
print(pcall(sum, list))
list[41] = { x = 1 }
print(pcall(sum, list))
list[41] = 5
print(pcall(sum, list))

-- Errors and their tracebacks name the metamethod.
local E = {}
local function raise(limit)
  if limit.fatal then error("fatal " .. limit.fatal, 1) end
  return limit
end
E.__add = function(a, b)
  raise(b)
  return a
end
E.__lt = function(a, b)
  return raise(b).fatal
end
E.__unm = function(a)
  return raise(a)
end
E.__index = function(t, key)
  raise(t)
  return key .. "!"
end
E.__newindex = function(t, key, value)
  raise(value)
  rawset(t, key, value)
end
local calm, wild = setmetatable({ fatal = false }, E), setmetatable({ fatal = "one" }, E)
local function operate(a, b)
  local r = a + b
  local s = a < b
  local u = -b
  local name = b.name
  local other = b[r and "key"]
  r.field = b
  r.field = nil
  return s, u == b, name, other
end
for _ = 1, 60 do
  operate(calm, calm)
end
print(operate(calm, calm))
local function trace(message)
  return (debug.traceback(message, 1):gsub("0x%x+", "0x"))
end
print(select(2, xpcall(operate, trace, calm, wild)))
local function less(a, b)
  return a < b
end
local function negated(a)
  return -a
end
local function named(a)
  return a.name
end
local function stored(a, b)
  a.fresh = b
end
for _ = 1, 60 do
  less(calm, calm)
  negated(calm)
  named(calm)
  stored(setmetatable({}, E), calm)
end
for _, f in ipairs({ less, negated, named }) do
  print(select(2, xpcall(f, trace, f == less and calm or wild, wild)))
end
print(select(2, xpcall(stored, trace, setmetatable({}, E), wild)))

-- What the running function is told of itself.
local seen = {}
local D = {}
D.__add = function(a, b)
  if b.look then
    local info = debug.getinfo(1, "nSl")
    local outer = debug.getinfo(2, "nl")
    seen[#seen + 1] = info.namewhat .. " " .. info.name .. " " .. info.currentline .. " " .. outer.name .. " " .. outer.currentline
    local name, value = debug.getlocal(2, 1)
    seen[#seen + 1] = name .. " " .. type(value)
  end
  return a
end
local function look(first, n)
  local r = first
  for i = 1, n do
    r = r + { look = i == n }
  end
  return r
end
local d = setmetatable({}, D)
for _ = 1, 40 do
  look(d, 20)
end
look(d, 3)
print(#seen, seen[1], seen[2], seen[#seen - 1], seen[#seen])

-- Yields inside of metamethods, also of comparisons that decide jumps.
local Y = {}
Y.__add = function(a, b)
  if b == "yield" then return coroutine.yield("add") end
  return b
end
Y.__lt = function(a, b)
  if b.wait then return coroutine.yield("lt") end
  return true
end
Y.__eq = function(a, b)
  if b.wait then return coroutine.yield("eq") end
  return false
end
Y.__index = function(t, key)
  if key == "wait" then return rawget(t, "waits") end
  return coroutine.yield("index " .. key)
end
local y, waiting = setmetatable({}, Y), setmetatable({ waits = true }, Y)
local function yielding(a, b, text)
  local r = a + text
  local less = a < b
  local same = a == b
  if a < b then r = r .. " less" else r = r .. " not" end
  return r, less, same
end
for _ = 1, 60 do
  yielding(y, y, "plain")
end
print(yielding(y, y, "plain"))
local co = coroutine.wrap(yielding)
print(co(y, waiting, "yield"))
print(co("sum"))
print(co(nil))
print(co(7))
print(co(false))
co = coroutine.wrap(function(t)
  return t.field, t[1]
end)
print(co(y), co("a"), co("b"))

-- Metamethods that are replaced, removed and added.
local R = {}
local r = setmetatable({}, R)
local function apply(a, b)
  return a + b
end
R.__add = function()
  return "first"
end
for i = 1, 100 do
  local got = apply(r, r)
  if i == 60 then R.__add = function() return "second" end end
  if i == 80 then R.__add = function() return got .. i end end
  if i % 20 == 1 then io.write(tostring(got), " ") end
end
R.__add = nil
print(pcall(apply, r, r))
R.__add = setmetatable({}, { __call = function(_, a, b) return a == b end })
print(apply(r, r))
setmetatable(r, V)
print(pcall(apply, r, r))
debug.setmetatable(0, { __add = function() return "never" end, __index = function(n, key) return n .. key end })
V.x, V.y = 1, 1
print(apply(1, 2), pcall(apply, 1, r))
V.x, V.y = nil, nil
debug.setmetatable(0, nil)

-- A table that stands second, both with metamethods, and strings before tables.
local first, second = setmetatable({}, { __add = function() return 1 end }), setmetatable({}, { __add = function() return 2 end })
for _ = 1, 60 do
  apply(first, second)
  apply(3, second)
end
print(apply(first, second), apply(second, first), apply(3, second), apply(3.5, first), apply("3", second))
print(pcall(apply, {}, first), pcall(apply, {}, {}), pcall(apply, nil, first))

-- Recursion through an operator, and its end.
local N = {}
N.__add = function(a, b)
  if b == 0 then return 0 end
  return (a + (b - 1)) + 1
end
local n = setmetatable({}, N)
for _ = 1, 20 do
  apply(n, 10)
end
print(apply(n, 50))
N.__add = function(a, b)
  return a + b
end
local fine, message = pcall(apply, n, 1)
print(fine, (message:match("stack overflow")))

-- Functions that answer for fields.
local log = 0
local proxied = { x = 1, z = 3 }
local proxy = setmetatable({ own = "own" }, {
  __index = function(_, key)
    log = log + 1
    return proxied[key]
  end,
  __newindex = function(_, key, value)
    log = log + 100
    proxied[key] = value
  end,
})
local function access(t, key)
  t.x = (t.x or 0) + 1
  t[key] = (t[key] or 0) + 1
  t.own = t.own
  return t.x, t[key], t.own, t.missing
end
for _ = 1, 60 do
  access(proxy, "z")
end
print(access(proxy, "z"))
print(log, rawget(proxy, "x"), access({ x = 1 }, "x"))
rawset(proxy, "x", 1000)
print(access(proxy, "z"), access(proxy, "y"))
local methods = setmetatable({}, {
  __index = function(self, name)
    return function(this, ...)
      return this == self, name, ...
    end
  end,
})
local function invoke(o, i)
  return o:hello(i)
end
for i = 1, 60 do
  invoke(methods, i)
end
print(invoke(methods, 5))

-- Results that go to captured variables, and garbage made on the way.
local function captured(a, b, rounds)
  local r = a
  local function get()
    return r
  end
  for i = 1, rounds do
    r = r + b
    if i % 10 == 0 then collectgarbage("step") end
  end
  return get().x
end
for _ = 1, 30 do
  captured(new(0, 0), new(1, 1), 30)
end
print(captured(new(0, 0), new(1, 1), 33))
