-- Division and modulo by constants are multiplications by an inverse: exact for all dividends, rounded down.
local edges = {
  0, 1, -1, 2, -2, 3, -3, 6, 7, 8, 9, -6, -7, -8, -9, 999999, 1000000, 1000003, -1000003, 1000004,
  1 << 31, -(1 << 31), (1 << 32) - 1, 1 << 47, -(1 << 47), (1 << 47) - 1, 1 << 48, -(1 << 48) - 1, 1 << 62, -(1 << 62),
  math.maxinteger, math.mininteger, math.maxinteger - 1, math.mininteger + 1, math.maxinteger // 3 * 3, math.mininteger // 7 * 7,
}

local divisors = { 3, 5, 6, 7, 10, 12, 100, 641, 1000003, 2147483647, 4294967295, 4294967297, 4611686018427387903,
  4611686018427387905, math.maxinteger, 2, 64, 1, -1, -2, -3, -7, math.mininteger }

local hash = 0
for _, divisor in ipairs(divisors) do
  local divide = load(([[
    local edges = ...
    local function quotients(list, results)
      for i = 1, #list do
        local a = list[i]
        results[i] = a // %s
      end
    end
    local function rests(list, results)
      for i = 1, #list do
        local a = list[i]
        results[i] = a %% %s
      end
    end
    local q, r = {}, {}
    for round = 1, 60 do
      quotients(edges, q)
      rests(edges, r)
    end
    return q, r
  ]]):format(divisor == math.mininteger and "math.mininteger" or divisor, divisor == math.mininteger and "math.mininteger" or divisor))
  local q, r = divide(edges)
  for i, edge in ipairs(edges) do
    assert(q[i] * divisor + r[i] == edge, edge)
    assert(math.type(q[i]) == "integer" and math.type(r[i]) == "integer")
    hash = (hash * 31 + q[i] * 7 + r[i]) & 0xffffffffffff
    if divisor == 7 or divisor == -7 then
      print(edge, divisor, q[i], r[i])
    end
  end
end
print(hash)

local seed = 42
local function random(n)
  local sum = 0
  for _ = 1, n do
    seed = (seed * 3877 + 29573) % 139968
    sum = sum + seed // 17 - -seed // 17
  end
  return sum
end
for _ = 1, 5 do
  print(random(1000), seed)
end
