-- Tail calls between hot functions: results, argument counts, and positions in errors.
local function id(...) return ... end
local function one(...) return id(...) end
local function two(...) return one(...) end
local s = 0
for i = 1, 500 do s = s + select("#", two(i, i, i)) + two(i) end
print(s)
local function count(n, acc) if n == 0 then return acc end return count(n - 1, acc + n) end
print(count(1000, 0), count(1000, 0.5), count(3, "1"))
local function gcd(a, b) if b == 0 then return a end return gcd(b, a % b) end
s = 0
for i = 1, 40 do for j = 1, 40 do s = s + gcd(i, j) end end
print(s)

-- State machines by tail calls; the target changes during the run.
local states = {}
function states.a(n, log) if n == 0 then return "end a", log end return states.b(n - 1, log + 1) end
function states.b(n, log) if n == 0 then return "end b", log end return states.c(n - 1, log + 10) end
function states.c(n, log)
  if n == 0 then return "end c", log end
  if n == 150 then states.b = function(k, l) return states.a(k, l + 0.5) end end
  return states.a(n - 1, log + 100)
end
print(states.a(600, 0)) print(states.a(10, 0))

-- Tail calls to native functions, to callable tables and to methods.
local callable = setmetatable({}, { __call = function(_, a, b) return a * b, a + b end })
local function native(x) return math.max(x, 100, x / 2) end
local function through(a, b) return callable(a, b) end
local obj = { v = 3, get = function(self, k) return self.v * k, "got" end }
local function method(k) return obj:get(k) end
local x, y, z = 0, 0, 0
for i = 1, 400 do
  local p, q = through(i, 2)
  x, y, z = x + native(i), y + p + q, z + method(i)
end
print(x, y, z, select(2, method(1)))
print(pcall(function() for i = 1, 300 do if i == 299 then callable = 5 end through(i, i) end end))

-- Errors below a tail call: the frames that called are gone.
local function fails(i) if i == 280 then error("in tail", 2) end return i end
local function caller(i) return fails(i) end
local function direct(i) local r = fails(i) return r end
print(pcall(function() for i = 1, 300 do caller(i) end end))
print(pcall(function() for i = 1, 300 do direct(i) end end))
local function nilcall(f) return f() end
print(pcall(function() for i = 1, 300 do nilcall(i < 290 and id or nil) end end))

-- Tail calls out of loops, conditions and nested blocks; with more or fewer arguments than parameters.
local function pick(n) for i = 1, n do if i * i > n then return id(i, n) end end return id() end
local function fewer(a, b, c) return a, b, c end
local function more(a) return fewer(a, a) end
local sum, nils = 0, 0
for n = 1, 300 do
  local i = pick(n)
  sum = sum + (i or 0)
  local _, _, c = more(n)
  if c == nil then nils = nils + 1 end
end
print(sum, nils)
-- A tail call is not one when a variable is to be closed.
local order = {}
local function leaf(t) order[#order + 1] = t return t end
local function scoped(t) local c <close> = setmetatable({}, { __close = function() leaf(-t) end }) return leaf(t) end
for i = 1, 250 do scoped(i) end
print(#order, order[1], order[2], order[499], order[500])
