-- Proper tail calls do not grow the stack.
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + 1) end
print(loop(200000, 0))
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(100000), odd(100001), even(7))
local obj = { n = 0 }
function obj:count(k) if k == 0 then return self.n end self.n = self.n + 1 return self:count(k - 1) end
print(obj:count(100000))
local function va(n, ...) if n == 0 then return select("#", ...), ... end return va(n - 1, ...) end
print(va(50000, "a", nil, "c"))
local callable = setmetatable({}, { __call = function(self, n)
  if n == 0 then return "called" end
  return self(n - 1)
end })
print(callable(100000))
local function id(...) return ... end
local function f(x) return id(x, x) end
print(f(3), (f(4)))
local function notail(n) if n == 0 then return 0 end return 1 + notail(n - 1) end
print(notail(5000))
print(pcall(function(n) return pcall(error, "inner") end))
