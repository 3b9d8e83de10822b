-- A binary heap with decrease-key, checked against sorting.
local Heap = {}
Heap.__index = Heap
function Heap.new(less) return setmetatable({ n = 0, less = less, pos = {} }, Heap) end
function Heap:swap(i, j)
  self[i], self[j] = self[j], self[i]
  self.pos[self[i]], self.pos[self[j]] = i, j
end
function Heap:up(i) while i > 1 and self.less(self[i], self[i // 2]) do self:swap(i, i // 2) i = i // 2 end end
function Heap:down(i)
  while true do
    local c = 2 * i
    if c > self.n then return end
    if c < self.n and self.less(self[c + 1], self[c]) then c = c + 1 end
    if not self.less(self[c], self[i]) then return end
    self:swap(i, c)
    i = c
  end
end
function Heap:push(v) self.n = self.n + 1 self[self.n] = v self.pos[v] = self.n self:up(self.n) end
function Heap:pop()
  if self.n == 0 then return nil end
  local top = self[1]
  self:swap(1, self.n)
  self[self.n], self.pos[top] = nil, nil
  self.n = self.n - 1
  self:down(1)
  return top
end
local h = Heap.new(function(a, b) return a.k < b.k end)
local items, seed = {}, 3
for i = 1, 150 do
  seed = seed * 48271 % 2147483647
  items[i] = { k = seed % 1000 + i / 1000 }
  h:push(items[i])
end
for i = 1, 150, 3 do items[i].k = items[i].k - 500 h:up(h.pos[items[i]]) end
table.sort(items, function(a, b) return a.k < b.k end)
local ok = true
for i = 1, 150 do if h:pop() ~= items[i] then ok = false end end
print(ok, h:pop(), h.n, items[1].k, items[150].k)
