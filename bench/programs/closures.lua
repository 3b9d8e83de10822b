-- Closures: counters with private state, composition, currying, memoisation, map/filter/fold pipelines.

local function counter(step)
  local value = 0
  local function bump()
    value = value + step
    return value
  end
  local function read()
    return value
  end
  return bump, read
end

local function compose(f, g)
  return function(x)
    return f(g(x))
  end
end

local function adder(a)
  return function(b)
    return function(c)
      return a + b + c
    end
  end
end

local function memoise(f)
  local cache = {}
  return function(x)
    local known = cache[x]
    if known == nil then
      known = f(x)
      cache[x] = known
    end
    return known
  end
end

local function map(list, f)
  local result = {}
  for i = 1, #list do
    result[i] = f(list[i])
  end
  return result
end

local function filter(list, keep)
  local result = {}
  for i = 1, #list do
    local item = list[i]
    if keep(item) then
      result[#result + 1] = item
    end
  end
  return result
end

local function fold(list, initial, f)
  local accumulated = initial
  for i = 1, #list do
    accumulated = f(accumulated, list[i])
  end
  return accumulated
end

local function range(first, last)
  local result = {}
  for i = first, last do
    result[#result + 1] = i
  end
  return result
end

local function run(n)
  local total = 0
  local numbers = range(1, 60)
  for round = 1, n do
    local bump, read = counter(round % 5 + 1)
    local steps = compose(function(x)
      return x * 2 + bump()
    end, adder(round % 7)(1))
    local squares = map(numbers, memoise(function(x)
      return steps(x % 10)
    end))
    local odd = filter(squares, function(x)
      return (x + round) % 3 ~= 0
    end)
    total = (total + fold(odd, read(), function(a, b)
      return a + b
    end)) % 1000000007
  end
  return total
end

return {
  name = "closures",
  n = 3500,
  expected = 15821048,
  quick_n = 40,
  quick_expected = 181400,
  run = run,
}
