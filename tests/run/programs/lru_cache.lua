-- An LRU cache with a doubly linked list.
local Cache = {} Cache.__index = Cache
function Cache.new(cap)
  local head, tail = {}, {}
  head.next, tail.prev = tail, head
  return setmetatable({ cap = cap, n = 0, map = {}, head = head, tail = tail, hits = 0 }, Cache)
end
local function unlink(e) e.prev.next, e.next.prev = e.next, e.prev end
function Cache:front(e) e.next, e.prev = self.head.next, self.head self.head.next.prev = e self.head.next = e end
function Cache:get(k)
  local e = self.map[k]
  if not e then return nil end
  self.hits = self.hits + 1
  unlink(e)
  self:front(e)
  return e.v
end
function Cache:put(k, v)
  local e = self.map[k]
  if e then e.v = v unlink(e) self:front(e) return end
  if self.n >= self.cap then local last = self.tail.prev unlink(last) self.map[last.k] = nil self.n = self.n - 1 end
  e = { k = k, v = v } self.map[k] = e self:front(e) self.n = self.n + 1
end
function Cache:keys()
  local r, e = {}, self.head.next
  while e ~= self.tail do r[#r + 1] = tostring(e.k) e = e.next end
  return table.concat(r, " ")
end
local c = Cache.new(3)
c:put("a", 1) c:put("b", 2) c:put("c", 3) print(c:keys(), c:get("a")) c:put("d", 4) print(c:keys(), c:get("b"))
c:put(1, "int") c:put(1.0, "same key") print(c:keys(), c:get(1))
local seed, miss = 1, 0
local big = Cache.new(20)
for i = 1, 2000 do
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  local k = (seed >> 16) % 40
  if not big:get(k) then miss = miss + 1 big:put(k, i) end
end
print(miss, big.hits, big.n)
