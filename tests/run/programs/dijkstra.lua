-- Shortest paths with a binary heap of {distance, node} entries.
local function heap() local h, n = {}, 0
  local function push(d, v)
    n = n + 1
    local i = n
    h[i] = { d, v }
    while i > 1 and h[i >> 1][1] > h[i][1] do h[i], h[i >> 1] = h[i >> 1], h[i] i = i >> 1 end
  end
  local function pop()
    if n == 0 then return nil end
    local top = h[1]
    h[1] = h[n]
    h[n] = nil
    n = n - 1
    local i = 1
    while true do
      local c = i << 1
      if c > n then break end
      if c < n and h[c + 1][1] < h[c][1] then c = c + 1 end
      if h[i][1] <= h[c][1] then break end
      h[i], h[c] = h[c], h[i]
      i = c
    end
    return top[1], top[2]
  end
  return push, pop
end
local N, graph, seed = 60, {}, 7
for i = 1, N do graph[i] = {} end
for i = 1, N * 4 do
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  local a = (seed >> 8) % N + 1
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  local b = (seed >> 8) % N + 1
  local w = (seed >> 20) % 50 + 1
  graph[a][#graph[a] + 1] = { b, w }
end
local function shortest(src)
  local dist, push, pop = {}, heap()
  push(0, src)
  while true do
    local d, v = pop()
    if not d then break end
    if not dist[v] then
      dist[v] = d
      for _, e in ipairs(graph[v]) do if not dist[e[1]] then push(d + e[2], e[1]) end end
    end
  end
  return dist
end
local d = shortest(1)
local reach, sum, far = 0, 0, 0
for i = 1, N do if d[i] then reach = reach + 1 sum = sum + d[i] far = math.max(far, d[i]) end end
print(reach, sum, far)
local out = {}
for i = 1, 12 do out[i] = tostring(d[i]) end
print(table.concat(out, " "))
local fw = {}
for i = 1, N do
  fw[i] = {}
  for j = 1, N do fw[i][j] = i == j and 0 or math.huge end
  for _, e in ipairs(graph[i]) do fw[i][e[1]] = math.min(fw[i][e[1]], e[2]) end
end
for k = 1, N do
  for i = 1, N do for j = 1, N do local v = fw[i][k] + fw[k][j] if v < fw[i][j] then fw[i][j] = v end end end
end
local same = true
for i = 1, N do if (d[i] or math.huge) ~= fw[1][i] then same = false end end
print(same)
