-- Recursion of several shapes.
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(20), fib(0), fib(1))
local function ack(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ack(m - 1, 1) end
  return ack(m - 1, ack(m, n - 1))
end
print(ack(2, 5))
local function hanoi(n, a, b, c)
  if n == 0 then return 0 end
  return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)
end
print(hanoi(10, "a", "b", "c"))
local function perms(a, n, out)
  if n == 0 then out[#out + 1] = table.concat(a) return out end
  for i = 1, n do
    a[i], a[n] = a[n], a[i]
    perms(a, n - 1, out)
    a[i], a[n] = a[n], a[i]
  end
  return out
end
print(table.concat(perms({ "a", "b", "c" }, 3, {}), " "))
local Y = function(f)
  return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end)
end
print(Y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(20))
local function depth(t) if type(t) ~= "table" then return 0 end return 1 + depth(t[1]) end
local nest = 0 for i = 1, 100 do nest = { nest } end
print(depth(nest))
