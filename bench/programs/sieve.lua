-- Sieve of Eratosthenes over an array of booleans: array stores with strides, then a counting scan.

local function sieve(limit)
  local composite = {}
  for i = 1, limit do
    composite[i] = false
  end
  local i = 2
  while i * i <= limit do
    if not composite[i] then
      for multiple = i * i, limit, i do
        composite[multiple] = true
      end
    end
    i = i + 1
  end
  local count, sum = 0, 0
  for candidate = 2, limit do
    if not composite[candidate] then
      count = count + 1
      sum = (sum + candidate) % 1000003
    end
  end
  return count * 1000003 + sum
end

return {
  name = "sieve",
  n = 1200000,
  expected = 92938524646,
  quick_n = 5000,
  quick_expected = 669550140,
  run = sieve,
}
