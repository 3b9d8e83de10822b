-- Plain loops over integers and floats: while, repeat, numeric for with steps, modulo and floor division.

local compat = ...

return compat.compile("numeric_loops", [==[
local function longest_chain(limit)
  local best, best_start = 0, 0
  for start = 1, limit do
    local value, length = start, 1
    while value ~= 1 do
      if value % 2 == 0 then
        value = idiv(value, 2)
      else
        value = 3 * value + 1
      end
      length = length + 1
    end
    if length > best then
      best, best_start = length, start
    end
  end
  return best_start * 1000 + best
end

local function coprime_pairs(limit)
  local count = 0
  for a = 1, limit do
    for b = a, limit, 3 do
      local x, y = a, b
      repeat
        x, y = y, x % y
      until y == 0
      if x == 1 then
        count = count + 1
      end
    end
  end
  return count
end

local function float_series(limit)
  local sum, sign = 0.0, 1.0
  for k = 0, limit - 1 do
    sum = sum + sign / (2 * k + 1)
    sign = -sign
  end
  for x = 1.0, 0.0, -1 / 1024 do
    sum = sum + x * x * 0.25 - x * 0.125
  end
  return sum
end

return {
  name = "numeric_loops",
  n = 24000,
  expected = "23529282 109405 22.181271926",
  quick_n = 200,
  quick_expected = "171125 8 22.181240937",
  run = function(n)
    local side = idiv(n, 20)
    return ("%d %d %.9f"):format(longest_chain(n), coprime_pairs(side), float_series(n * 40))
  end,
}
]==])
