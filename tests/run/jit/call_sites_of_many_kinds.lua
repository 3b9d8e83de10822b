-- One call site, many callees: Lua functions of every arity, native ones, callable tables, coroutines, and errors.
local function call(f, ...) return f(...) end
local callees = {
  function() return 1 end, function(a) return a end, function(a, b) return b or a end,
  function(...) return select("#", ...) end, function(a, b, c, d) return d == nil and a or d end,
  math.abs, math.max, math.tointeger,
  setmetatable({}, { __call = function(self, x) return x * 2 end }),
  setmetatable({}, { __call = setmetatable({}, { __call = function(inner, outer, x) return x * 3 end }) }),
  coroutine.wrap(function(x) while true do x = coroutine.yield(-x) end end),
}
local s = 0
for i = 1, 900 do s = s + call(callees[i % #callees + 1], i, 2) end
print(s)
for i = 1, 300 do s = s + call(callees[2], i) end
print(s)
callees[4] = nil
print(pcall(function() for i = 1, 300 do s = s + call(callees[i % 5 + 1], i) end end)) print(s)

-- Arguments fewer or more than parameters, by turns, at one site.
local function three(a, b, c) return (a or 1) + (b or 10) + (c or 100) end
local sets = { {}, { 2 }, { 2, 3 }, { 2, 3, 4 }, { 2, 3, 4, 5, 6 }, { nil, 3 }, { nil, nil, 4 } }
local counts = { 0, 1, 2, 3, 5, 2, 3 }
s = 0
for i = 1, 700 do
  local k = i % #sets + 1
  s = s + three(table.unpack(sets[k], 1, counts[k]))
end
print(s)

-- Results fewer or more than wanted.
local givers = { function() end, function() return 1 end, function() return 1, 2 end, function() return 1, 2, 3 end,
  function(...) return ... end, function() return table.unpack({ 7, 8, 9, 10 }) end }
local n, sum = 0, 0
for i = 1, 600 do
  local g = givers[i % #givers + 1]
  local a, b, c = g(i, i)
  n = n + (a and 1 or 0) + (b and 10 or 0) + (c and 100 or 0)
  local t = { g(i), g(i) }
  sum = sum + #t + select("#", g(i, i, i)) + ((g(i)) or 0)
end
print(n, sum)

-- The callee is found through a table, a method, an upvalue, a parameter and a result.
local ops = { add = function(a, b) return a + b end, sub = function(a, b) return a - b end }
function ops:twice(x) return self.add(x, x) end
local function chooser(i) return i % 3 == 0 and ops.sub or ops.add end
local acc = 0
for i = 1, 600 do
  acc = chooser(i)(acc, i)
  acc = ops[i % 2 == 0 and "add" or "sub"](acc, 1)
  acc = acc + ops:twice(1)
  if i == 300 then ops.add, ops.sub = ops.sub, ops.add end
end
print(acc)

-- What is not callable, in each position a name can have.
local up, obj = nil, { f = 5 }
local tests = {
  function() local loc = {} ; loc() end, function() up() end, function() obj.f() end, function() obj:missing() end,
  function() undefined() end, function() obj.f.g() end, function() (1)() end,
  function() ("x")() end, function() obj[1]() end,
}
local messages = {}
for i = 1, 360 do
  local ok, e = pcall(tests[i % #tests + 1])
  messages[i % #tests + 1] = e
end
print(table.concat(messages, "\n"))
