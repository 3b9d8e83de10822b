-- Small functions that a compiler would inline yield now and then; every frame must keep its values.
local yield, wrap = coroutine.yield, coroutine.wrap
local function leaf(i) if i % 97 == 0 then return yield(i) end return i end
local function middle(i, a, b) local r = leaf(i) return r + a - b end
local function top(i) local a, b = i * 2, i * 2 return middle(i, a, b) end
local function run(n, answer)
  local co = wrap(function() local s = 0 for i = 1, n do s = s + top(i) end return "sum", s end)
  local asked, v, s = 0, co()
  while v ~= "sum" do
    asked = asked + 1
    v, s = co(answer(v))
  end
  return asked, s
end
print(run(400, function(v) return v end)) print(run(400, function() return 0.5 end)) print(run(96, error))
print(run(800, function(v) return tostring(v) end))
print(pcall(run, 400, function() return nil end))

-- Several values in, several out, in an expression whose operands are already computed.
local function two(i) if i % 150 == 0 then return yield("two", i) end return 1, 2 end
local co = wrap(function()
  local log = {}
  for i = 1, 450 do
    local before = i + 0.5
    local a, b, c = two(i)
    if c or i % 150 == 0 then log[#log + 1] = before .. ":" .. tostring(a) .. tostring(b) .. tostring(c) end
  end
  return table.concat(log, " ")
end)
print(co()) print(co(7, 8, 9)) print(co()) print(co("x", nil, false))

-- Yields in iterators, metamethods and comparators in the same hot loop.
local mt = {}
mt.__index = function(_, k) return k % 200 == 0 and yield("index", k) or k end
mt.__lt = function(a, b) return (a.v % 300 == 0 and yield("lt", a.v) or a.v) < b.v end
mt.__call = function(_, x) return x % 250 == 0 and yield("call", x) or x end
local function after(n, i) if i < n then return i % 400 == 0 and yield("iter", i) or i + 1 end end
local function each(n) return after, n, 0 end
co = wrap(function()
  local o, p = setmetatable({}, mt), { v = 1000 }
  local s, lows = 0, 0
  for i in each(600) do
    s = s + o[i] + o(i)
    if setmetatable({ v = i }, mt) < setmetatable(p, mt) then lows = lows + 1 end
  end
  return "end", s, lows
end)
local trace = {}
local what, x, y = co()
while what ~= "end" do
  trace[#trace + 1] = what .. x
  what, x, y = co(what == "iter" and x + 1 or x * 10)
end
print(table.concat(trace, " ")) print(x, y)

-- The coroutine is abandoned in the middle, and another instance of the same code runs to its end.
local function counter()
  for i = 1, 500 do if leaf(i * 97) == "stop" then return "stopped at " .. i end end
  return "all"
end
local first, second = wrap(counter), wrap(counter)
for _ = 1, 100 do first() end
for _ = 1, 200 do second() end
print(first("stop"), second("stop")) print(pcall(first))
