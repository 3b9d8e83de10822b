-- Dynamic programming: Levenshtein distance with a rolling row, longest common subsequence with a full table and
-- traceback, and a coin-change count.

local compat = ...

local function make_string(random, length)
  local bytes = {}
  for i = 1, length do
    bytes[i] = string.char(97 + random(4))
  end
  return table.concat(bytes)
end

local function levenshtein(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local diagonal, char = row[0], a:byte(i)
    row[0] = i
    for j = 1, #b do
      local cost = diagonal
      if char ~= b:byte(j) then
        cost = cost + 1
      end
      diagonal = row[j]
      if diagonal + 1 < cost then
        cost = diagonal + 1
      end
      if row[j - 1] + 1 < cost then
        cost = row[j - 1] + 1
      end
      row[j] = cost
    end
  end
  return row[#b]
end

local function common_subsequence(a, b)
  local lengths = { [0] = {} }
  for j = 0, #b do
    lengths[0][j] = 0
  end
  for i = 1, #a do
    local row, above = { [0] = 0 }, lengths[i - 1]
    for j = 1, #b do
      if a:byte(i) == b:byte(j) then
        row[j] = above[j - 1] + 1
      else
        row[j] = math.max(above[j], row[j - 1])
      end
    end
    lengths[i] = row
  end
  local out, i, j = {}, #a, #b
  while i > 0 and j > 0 do
    if a:byte(i) == b:byte(j) then
      out[#out + 1] = a:sub(i, i)
      i, j = i - 1, j - 1
    elseif lengths[i - 1][j] >= lengths[i][j - 1] then
      i = i - 1
    else
      j = j - 1
    end
  end
  return table.concat(out):reverse()
end

local function ways_to_pay(amount, coins)
  local ways = { [0] = 1 }
  for value = 1, amount do
    ways[value] = 0
  end
  for _, coin in ipairs(coins) do
    for value = coin, amount do
      ways[value] = (ways[value] + ways[value - coin]) % 1000000007
    end
  end
  return ways[amount]
end

local function run(n)
  local random = compat.random(3)
  local a, b = make_string(random, n), make_string(random, n + 20)
  local shared = common_subsequence(a, b)
  return ("%d %d %s %d"):format(
    levenshtein(a, b), #shared, shared:sub(1, 8), ways_to_pay(n * 20, { 1, 2, 5, 10, 20, 50, 100, 200 }))
end

return {
  name = "edit_distance",
  n = 500,
  expected = "274 327 bcdbbabd 296710490",
  quick_n = 60,
  quick_expected = "40 43 bcbbbabb 967084977",
  run = run,
}
