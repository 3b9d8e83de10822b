-- Variable arguments: select, packing and unpacking, forwarding, multiple results, tail calls with arguments.

local compat = ...
local unpack = compat.unpack

local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do
    total = total + (select(i, ...))
  end
  return total
end

local function pack(...)
  return { n = select("#", ...), ... }
end

local function maximum(first, ...)
  if select("#", ...) == 0 then
    return first
  end
  local rest = maximum(...)
  if first > rest then
    return first
  end
  return rest
end

local function forward(f, ...)
  return f(...)
end

local function rotate(first, ...)
  local list = { ... }
  list[#list + 1] = first
  return unpack(list)
end

local function bind(f, ...)
  local bound = pack(...)
  return function(...)
    local list, count = {}, bound.n
    for i = 1, count do
      list[i] = bound[i]
    end
    local extra = pack(...)
    for i = 1, extra.n do
      list[count + i] = extra[i]
    end
    return f(unpack(list, 1, count + extra.n))
  end
end

local function min_max(...)
  local low, high = ...
  for i = 3, select("#", ...) do
    local value = select(i, ...)
    if value < low then
      low = value
    elseif value > high then
      high = value
    end
  end
  return low, high
end

local function run(n)
  local total = 0
  local sum_from = bind(sum, 1, 2, 3)
  for i = 1, n do
    local a, b, c, d = rotate(i % 11, i % 7, i % 5, i % 3)
    local low, high = min_max(d, a, b, c, i % 13)
    total = total + forward(sum, a, b, c, d) + maximum(a, b, c, d, low, high)
    total = total + sum_from(low, high) + pack(rotate(rotate(a, b, nil))).n
    total = total % 1000000007
  end
  return total
end

return {
  name = "varargs",
  n = 22000,
  expected = 748457,
  quick_n = 300,
  quick_expected = 10180,
  run = run,
}
