-- __len, __concat, __call, __unm, __bnot and the other arithmetic events, called hot, mixed with plain operands.
local mt, log = {}, {}
local names = { "add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "unm", "bnot",
  "len", "concat" }
for i, n in ipairs(names) do
  mt["__" .. n] = function(a, b)
    log[n] = (log[n] or 0) + 1
    return i
  end
end
local o = setmetatable({}, mt)
local function all(x, y)
  local s = x + y
  s = s + (x - y) + x * y + x / y + x % y + (x ^ y) % 1000 + x // y
  s = s + (x & y) + (x | y) + (x ~ y) + (x << y) + (x >> y)
  return s + -x + ~x
end
local s = 0
for i = 1, 200 do s = s + all(i, 3) end
print(s)
for i = 1, 200 do s = s + all(o, i) + all(o, o) end
print(s)
for i = 1, 200 do s = s + (i + o) + (i - o) * (i // o) + (i & o) + (1 << o) + (o .. "x") + ("x" .. o) + #o end
print(s)
local counts = {}
for _, n in ipairs(names) do counts[#counts + 1] = n .. "=" .. log[n] end
print(table.concat(counts, " "))
print(pcall(function() for i = 1, 300 do s = s + all(i < 250 and i or {}, 3) end end))
print(pcall(function() for i = 1, 300 do s = s + all(3, i < 250 and i or nil) end end))

-- Operands with different metatables: the left one decides.
local left = setmetatable({}, { __add = function() return "left" end, __concat = function() return "l" end })
local right = setmetatable({}, { __add = function() return "right" end, __concat = function() return "r" end })
local seen = {}
for i = 1, 300 do
  local x, y = i % 2 == 0 and left or right, i % 3 == 0 and left or right
  local k = (x + y) .. (x .. y)
  seen[k] = (seen[k] or 0) + 1
end
print(seen.leftl, seen.rightr, left + 1, 1 + right, right + left)

-- __call in hot loops, with every number of arguments and results, and recursively.
local f = setmetatable({ n = 0 }, { __call = function(self, ...) self.n = self.n + select("#", ...) return ... end })
for i = 1, 300 do
  local a, b = f(i, i)
  f() f(nil) f(f(a, b, i))
end
print(f.n)
local fact = setmetatable({}, { __call = function(self, n) if n <= 1 then return 1 end return n * self(n - 1) end })
local sum = 0
for i = 1, 60 do sum = sum + fact(i % 15) end
print(sum)

-- Immutable vectors: the usual class with operators, ending in a float component.
local V = {}
V.__index = V
local function vec(x, y) return setmetatable({ x = x, y = y }, V) end
V.__add = function(a, b) return vec(a.x + b.x, a.y + b.y) end
V.__mul = function(a, b)
  if type(a) == "number" then return vec(a * b.x, a * b.y) elseif type(b) == "number" then return b * a end
  return a.x * b.x + a.y * b.y
end
V.__unm = function(a) return vec(-a.x, -a.y) end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
V.__len = function(a) return math.abs(a.x) + math.abs(a.y) end
V.__concat = function(a, b) return tostring(a) .. tostring(b) end
V.__tostring = function(a) return "(" .. a.x .. "," .. a.y .. ")" end
local p = vec(0, 0)
for i = 1, 200 do
  p = p + 2 * vec(i, -1) + -vec(1, i) * 3
  if i == 100 then p = p + vec(0.5, 0) end
end
print(p .. vec(1, 2) .. "", p * vec(1, 1), #p, p == p + vec(0, 0), p ~= -p)
