-- Ephemeron chains: a value reachable only through its own key dies with it.
local e = setmetatable({}, { __mode = "k" })
local function count() local n = 0 for _ in pairs(e) do n = n + 1 end return n end
do local k = {} e[k] = { k } end collectgarbage() print(count())
local root = {}
local k = root
for i = 1, 100 do local nk = {} e[k] = nk k = nk end
k = nil
collectgarbage()
print(count())
local d, c = 0, root
while e[c] do c = e[c] d = d + 1 end
print(d)
c = nil
root = nil
collectgarbage()
print(count())
do local a, b = {}, {} e[a] = b e[b] = a end collectgarbage() print(count())
local a = {}
do local b, c2 = {}, {} e[a] = b e[b] = c2 e[c2] = a end
collectgarbage()
print(count(), e[e[e[a]]] == a)
a = nil
collectgarbage()
print(count())
local e2 = setmetatable({}, { __mode = "k" })
local r = {}
do local x, y = {}, {} e[r] = x e2[x] = y e[y] = "end" end
collectgarbage()
print(count(), e[e2[e[r]]])
r = nil
collectgarbage()
print(count(), next(e2))
local function memo(f)
  local m = setmetatable({}, { __mode = "k" })
  return function(x)
    local v = m[x]
    if v == nil then v = f(x) m[x] = v end
    return v
  end, m
end
local size, m = memo(function(t) return { owner = t, n = #t } end)
local live = { 1, 2, 3 }
print(size(live).n, size({ 1 }).n, size(live) == size(live))
collectgarbage()
local n = 0
for _ in pairs(m) do n = n + 1 end
print(n)
local fk = setmetatable({}, { __mode = "k" })
do
  local up = {}
  local f = function() return up end
  fk[f] = up
  fk[up] = f
end
collectgarbage()
print(next(fk))
collectgarbage("generational")
do local k3 = {} e[k3] = { k3 } end
collectgarbage()
print(count())
collectgarbage("incremental")
