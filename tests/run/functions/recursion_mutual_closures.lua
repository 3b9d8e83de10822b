-- Local functions that see each other through upvalues, redefined in between.
local is_even, is_odd
function is_even(n) if n == 0 then return true end return is_odd(n - 1) end
function is_odd(n) if n == 0 then return false end return is_even(n - 1) end
print(is_even(100), is_odd(100))
local real_odd = is_odd
is_odd = function() return "replaced" end
print(is_even(3), real_odd(2), is_even(0))
local calls = {}
local function a(n) calls[#calls + 1] = "a" .. n if n > 0 then return calls.next(n - 1) end return #calls end
local function b(n) calls[#calls + 1] = "b" .. n if n > 0 then return a(n - 1) end return #calls end
calls.next = b
print(a(5), table.concat(calls, " "))
local function make(n)
  local f
  if n % 2 == 0 then function f(x) return x < 1 and "even base" or f(x - 1) end
  else f = function(x) return x < 1 and "odd base" or make(n + 1)(x - 1) end end
  return f
end
print(make(2)(3), make(1)(3), make(1)(0))
