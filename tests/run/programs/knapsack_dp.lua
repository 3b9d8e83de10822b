-- Dynamic programming: knapsack, coin change, longest increasing subsequence, partitions.
local function knap(items, cap)
  local best = {}
  for w = 0, cap do best[w] = 0 end
  for _, it in ipairs(items) do
    for w = cap, it[1], -1 do best[w] = math.max(best[w], best[w - it[1]] + it[2]) end
  end
  return best[cap]
end
print(knap({ { 1, 1 }, { 3, 4 }, { 4, 5 }, { 5, 7 } }, 7), knap({ { 2, 3.5 }, { 3, 4 } }, 5))
local function coins(n, cs)
  local ways = { [0] = 1 }
  for _, c in ipairs(cs) do for v = c, n do ways[v] = (ways[v] or 0) + (ways[v - c] or 0) end end
  return ways[n] or 0
end
print(coins(100, { 1, 5, 10, 25, 50 }), coins(3, { 2 }), coins(0, { 1 }))
local function lis(t)
  local tails = {}
  for _, v in ipairs(t) do
    local lo, hi = 1, #tails + 1
    while lo < hi do local mid = (lo + hi) // 2 if tails[mid] < v then lo = mid + 1 else hi = mid end end
    tails[lo] = v
  end
  return #tails
end
print(lis { 10, 9, 2, 5, 3, 7, 101, 18 }, lis {}, lis { 3, 2, 1 })
local memo = {}
local function parts(n, m)
  if n == 0 then return 1 elseif n < 0 or m == 0 then return 0 end
  local k = n .. ":" .. m
  if not memo[k] then memo[k] = parts(n, m - 1) + parts(n - m, m) end
  return memo[k]
end
print(parts(30, 30), parts(5, 5))
local function catalan(n)
  local c = { [0] = 1 }
  for i = 1, n do c[i] = 0 for j = 0, i - 1 do c[i] = c[i] + c[j] * c[i - 1 - j] end end
  return c[n]
end
print(catalan(10), catalan(30))
local function subsets(t)
  local out = {}
  for mask = 0, (1 << #t) - 1 do
    local s = {}
    for i = 1, #t do if mask >> (i - 1) & 1 == 1 then s[#s + 1] = t[i] end end
    out[#out + 1] = "{" .. table.concat(s, ",") .. "}"
  end
  return table.concat(out, " ")
end
print(subsets { "a", "b", "c" })
local function edit(n)
  local p = { 1 }
  for i = 1, n do
    local q = { 1 }
    for j = 2, i do q[j] = (p[j - 1] or 0) + (p[j] or 0) end
    q[i + 1] = 1
    p = q
  end
  return table.concat(p, " ")
end
print(edit(8))
