-- Deep and wide recursion of local functions: Fibonacci, Ackermann, Takeuchi, mutual recursion.

local function fib(n)
  if n < 2 then
    return n
  end
  return fib(n - 1) + fib(n - 2)
end

local function ackermann(m, n)
  if m == 0 then
    return n + 1
  elseif n == 0 then
    return ackermann(m - 1, 1)
  end
  return ackermann(m - 1, ackermann(m, n - 1))
end

local function tak(x, y, z)
  if y >= x then
    return z
  end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end

local is_odd

local function is_even(n)
  if n == 0 then
    return true
  end
  return is_odd(n - 1)
end

function is_odd(n)
  if n == 0 then
    return false
  end
  return is_even(n - 1)
end

return {
  name = "recursion",
  n = 28,
  expected = "514229 283 11 112",
  quick_n = 12,
  quick_expected = "233 123 2 48",
  run = function(n)
    local parity = 0
    for i = 1, n * 4 do
      if is_even(i * 10) then
        parity = parity + 1
      end
    end
    return ("%d %d %d %d"):format(fib(n + 1), ackermann(2, n * 5), tak(n - 10, n - 17, 4), parity)
  end,
}
