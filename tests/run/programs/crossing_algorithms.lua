-- Union-find, topological order, Floyd-Warshall, Kruskal, edit distance, longest common subsequence, permutations, knapsack by bits.
local function union_find(n)
  local parent, size = {}, {}
  for i = 1, n do parent[i], size[i] = i, 1 end
  local function find(x) while parent[x] ~= x do parent[x] = parent[parent[x]] x = parent[x] end return x end
  return find, function(a, b)
    a, b = find(a), find(b)
    if a == b then return false end
    if size[a] < size[b] then a, b = b, a end
    parent[b], size[a] = a, size[a] + size[b]
    return true, size[a]
  end
end
local find, union = union_find(100)
for i = 1, 98 do union(i, i + 2) end
print(find(1) == find(99), find(2) == find(100), find(1) == find(2), union(1, 2), union(1, 2))
local edges, x = {}, 12345
for i = 1, 30 do
  for j = i + 1, 30 do
    x = (x * 1103515245 + 12345) % 2147483648
    if x % 4 == 0 then edges[#edges + 1] = { i, j, x % 1000 } end
  end
end
table.sort(edges, function(a, b) if a[3] ~= b[3] then return a[3] < b[3] end return a[1] * 100 + a[2] < b[1] * 100 + b[2] end)
local _, join = union_find(30)
local cost, used = 0, 0
for _, e in ipairs(edges) do if join(e[1], e[2]) then cost, used = cost + e[3], used + 1 end end
print(#edges, used, cost)
local dist, inf = {}, math.huge
for i = 1, 30 do dist[i] = {} for j = 1, 30 do dist[i][j] = i == j and 0 or inf end end
for _, e in ipairs(edges) do dist[e[1]][e[2]], dist[e[2]][e[1]] = e[3], e[3] end
for k = 1, 30 do
  local dk = dist[k]
  for i = 1, 30 do
    local di, dik = dist[i], dist[i][k]
    for j = 1, 30 do if dik + dk[j] < di[j] then di[j] = dik + dk[j] end end
  end
end
local total, worst = 0, 0
for i = 1, 30 do for j = 1, 30 do total = total + dist[i][j] worst = math.max(worst, dist[i][j]) end end
print(total, worst, math.type(worst))
local function toposort(graph)
  local order, mark = {}, {}
  local function visit(n, path)
    if mark[n] == "done" then return end
    if mark[n] then error("cycle: " .. path .. n, 0) end
    mark[n] = "open"
    for _, m in ipairs(graph[n] or {}) do visit(m, path .. n .. ">") end
    mark[n] = "done"
    table.insert(order, 1, n)
  end
  local names = {}
  for n in pairs(graph) do names[#names + 1] = n end
  table.sort(names)
  for _, n in ipairs(names) do visit(n, "") end
  return table.concat(order, " ")
end
print(toposort({ shirt = { "tie", "belt" }, tie = { "jacket" }, trousers = { "shoes", "belt" }, belt = { "jacket" }, socks = { "shoes" } }))
print(pcall(toposort, { a = { "b" }, b = { "c" }, c = { "a" } }))
local function edit(a, b)
  local prev = {}
  for j = 0, #b do prev[j] = j end
  for i = 1, #a do
    local cur = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      cur[j] = math.min(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + (same and 0 or 1))
    end
    prev = cur
  end
  return prev[#b]
end
print(edit("kitten", "sitting"), edit("", "abc"), edit("flaw", "lawn"), edit(("ab"):rep(20), ("ba"):rep(20)))
local function lcs(a, b)
  local t = {}
  for i = 0, #a do t[i] = {} for j = 0, #b do t[i][j] = 0 end end
  for i = 1, #a do for j = 1, #b do
    t[i][j] = a:sub(i, i) == b:sub(j, j) and t[i - 1][j - 1] + 1 or math.max(t[i - 1][j], t[i][j - 1])
  end end
  local out, i, j = {}, #a, #b
  while i > 0 and j > 0 do
    if a:sub(i, i) == b:sub(j, j) then table.insert(out, 1, a:sub(i, i)) i, j = i - 1, j - 1
    elseif t[i - 1][j] >= t[i][j - 1] then i = i - 1 else j = j - 1 end
  end
  return table.concat(out)
end
print(lcs("AGGTAB", "GXTXAYB"), lcs("programming language", "lua is a program"))
local function permute(a, n, f) if n == 0 then return f(a) end for i = 1, n do a[i], a[n] = a[n], a[i] permute(a, n - 1, f) a[i], a[n] = a[n], a[i] end end
local perms, fixed = 0, 0
permute({ 1, 2, 3, 4, 5, 6 }, 6, function(p) perms = perms + 1 for i = 1, 6 do if p[i] == i then fixed = fixed + 1 end end end)
print(perms, fixed)
local best = 0
local weights, values = { 12, 2, 1, 4, 1, 7, 9 }, { 4, 2, 1, 10, 2, 6.5, 7 }
for set = 0, (1 << 7) - 1 do
  local w, v = 0, 0
  for i = 1, 7 do if set >> i - 1 & 1 == 1 then w, v = w + weights[i], v + values[i] end end
  if w <= 15 and v > best then best = v end
end
print(best)
