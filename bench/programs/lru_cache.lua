-- A least-recently-used cache (hash table plus doubly linked list) and a hit-counting table under a skewed stream of
-- string and integer keys: hash look-ups, insertions and deletions.

local compat = ...

local Cache = {}
Cache.__index = Cache

function Cache.new(capacity)
  local head, tail = {}, {}
  head.next, tail.previous = tail, head
  return setmetatable({ capacity = capacity, size = 0, entries = {}, head = head, tail = tail, hits = 0, misses = 0 }, Cache)
end

local function unlink(entry)
  entry.previous.next = entry.next
  entry.next.previous = entry.previous
end

function Cache:push_front(entry)
  local first = self.head.next
  entry.next, entry.previous = first, self.head
  first.previous = entry
  self.head.next = entry
end

function Cache:get(key)
  local entry = self.entries[key]
  if not entry then
    self.misses = self.misses + 1
    return nil
  end
  self.hits = self.hits + 1
  unlink(entry)
  self:push_front(entry)
  return entry.value
end

function Cache:put(key, value)
  local entry = self.entries[key]
  if entry then
    entry.value = value
    unlink(entry)
  else
    if self.size == self.capacity then
      self:evict()
    end
    entry = { key = key, value = value }
    self.entries[key] = entry
    self.size = self.size + 1
  end
  self:push_front(entry)
end

function Cache:evict()
  local oldest = self.tail.previous
  unlink(oldest)
  self.entries[oldest.key] = nil
  self.size = self.size - 1
end

local function run(n)
  local random = compat.random(11)
  local cache, frequency, sum = Cache.new(500), {}, 0
  for i = 1, n do
    local key = random(random(2000) + 1)
    if key % 2 == 0 then
      key = "page:" .. key
    end
    frequency[key] = (frequency[key] or 0) + 1
    local value = cache:get(key)
    if value then
      sum = (sum + value) % 1000003
    else
      cache:put(key, i)
    end
    if i % 1000 == 0 then
      for old, count in pairs(frequency) do
        if count == 1 then
          frequency[old] = nil
        end
      end
    end
  end
  local frequent = 0
  for _, count in pairs(frequency) do
    frequent = frequent + count
  end
  return ("%d %d %d %d"):format(cache.hits, cache.misses, sum, frequent)
end

return {
  name = "lru_cache",
  n = 50000,
  expected = "21736 28264 890877 43802",
  quick_n = 3000,
  quick_expected = "1162 1838 283386 1854",
  run = run,
}
