-- Metatables made again and again, with metamethods of one prototype; tables that are called.

local function proxy(t)
  local log = { reads = 0, writes = 0, calls = 0 }
  return setmetatable({}, {
    __index = function(_, k) log.reads = log.reads + 1 return t[k] end,
    __newindex = function(_, k, v) log.writes = log.writes + 1 t[k] = v end,
    __len = function() return #t end,
    __call = function(self, a, ...) log.calls = log.calls + 1 return a + select("#", ...), self end,
    __eq = function(a, b) return #a == #b end,
    __lt = function(a, b) return #a < #b end,
    __le = function(a, b) return #a <= #b end,
    __add = function(a, b) return (type(a) == "number" and a or #a) + (type(b) == "number" and b or #b) end,
    __concat = function(a, b) return tostring(type(a)) .. tostring(type(b)) end,
    __unm = function(a) return -#a end,
  }), log
end

local function use(n)
  local p, log = proxy({})
  local q = proxy({ 1, 2, 3 })
  for i = 1, n do p[i] = i end
  p.x = 5
  local s = 0
  for i = 1, #p do s = s + p[i] end
  for i = 1, n do
    local v, self = p(i, nil, i)
    s = s + v + (p(1)) + p.x
    if self ~= p then s = -1 end
    p(2)
  end
  s = s + (p == q and 1 or 0) + (p < q and 10 or 0) + (p <= q and 100 or 0) + (p + 1) + (2 + p) + (p + q) - -p
  p.x = p.x + 1
  return s, log.reads, log.writes, log.calls, p .. 1
end
for i = 1, 60 do use(i % 7 + 1) end
print(use(3))
print(use(200))

-- Others at the same places: raw values, __index tables, natives, errors, yields.
local function read(t) local s = 0 for i = 1, 3 do s = s + t[i] + t.k end return s end
local function fresh(f) return setmetatable({}, { __index = f }) end
local function handler(v) return function() return v end end
for i = 1, 200 do read(fresh(handler(i))) end
print(read(fresh(handler(7))))
print(read({ 1, 2, 3, k = 4 }))
print(read(setmetatable({ 1, 2, 3 }, { __index = { k = 9 } })))
print(read(fresh(function(_, k) return k == "k" and 1 or k end)))
print(pcall(read, fresh(rawlen)))
print(pcall(read, fresh(nil)))
print(pcall(read, fresh(function() error("gone") end)))
print(pcall(read, setmetatable({}, nil)))
local waiting = fresh(function(_, k) return coroutine.yield(k) end)
local co = coroutine.wrap(read)
print(co(waiting))
for i = 1, 5 do print(co(i)) end
print(co(6))

-- The metatable of a table is changed, its handler replaced, the table given none.
local mt = { __index = handler(1), __call = function(_, a) return a end }
local t = setmetatable({}, mt)
local function both(n) local s = 0 for i = 1, n do s = s + t.a + t(i) end return s end
for _ = 1, 40 do both(10) end
print(both(10))
mt.__index = handler(2)
mt.__call = function(_, a) return a * 2 end
print(both(10))
mt.__call = math.abs
print(pcall(both, 10))
mt.__call = nil
print(pcall(both, 10))
setmetatable(t, nil)
print(pcall(both, 10))

-- Calls of tables whose __call is a table that is called, with all arguments, and for all results.
local inner = setmetatable({}, { __call = function(self, outer, ...) return select("#", ...), outer, self end })
local outer = setmetatable({}, { __call = inner })
local function pass(...) return outer(...) end
local function calls(n)
  local s = 0
  for i = 1, n do
    local k, o, s2 = outer(i, i)
    s = s + k + (o == outer and 1 or 0) + (s2 == inner and 1 or 0) + select("#", outer(1, 2, 3)) + (pass(i, nil))
  end
  return s
end
for _ = 1, 40 do calls(10) end
print(calls(100))

-- Classes that are called, with parents and errors in their constructors.
local function class(parent)
  local c = {}
  c.__index = c
  return setmetatable(c, { __index = parent, __call = function(cls, ...)
    local o = setmetatable({}, cls)
    o:init(...)
    return o
  end })
end
local classes = {}
for k = 1, 6 do
  classes[k] = class(classes[k - 1])
  classes[k].init = k % 2 == 1 and function(o, a) o.a = a + k end or function(o, a, b) o.b = a o.a = b or k end
end
local function make(n)
  local s = 0
  for i = 1, n do
    local o = classes[i % 6 + 1](i, i)
    s = s + o.a + (o.b or 0)
  end
  return s
end
for _ = 1, 40 do make(20) end
print(make(100))
print(pcall(function() for i = 1, 10 do classes[1](i < 10 and i or {}) end end))

-- Seen from below: the function's frame and its name.
local seen
local watched = setmetatable({}, { __call = function(_, f)
  local info = debug.getinfo(1, "nSlt")
  seen = table.concat({ info.what, info.currentline, tostring(info.istailcall) }, " ")
  return f
end })
local function look(n) local r for i = 1, n do r = watched(i) end return r end
for _ = 1, 40 do look(10) end
print(look(10), seen)
