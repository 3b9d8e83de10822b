-- A discrete event simulation with coroutines as processes, a heap as calendar, and a seeded generator of its own.
local Heap = {}
Heap.__index = Heap
function Heap:push(v)
  local i = #self + 1
  self[i] = v
  while i > 1 and self.before(self[i], self[i // 2]) do
    self[i], self[i // 2] = self[i // 2], self[i]
    i = i // 2
  end
end
function Heap:pop()
  local top, n = self[1], #self
  self[1] = self[n]
  self[n] = nil
  local i = 1
  while true do
    local l, r, m = 2 * i, 2 * i + 1, i
    if l < n and self.before(self[l], self[m]) then m = l end
    if r < n and self.before(self[r], self[m]) then m = r end
    if m == i then return top end
    self[i], self[m] = self[m], self[i]
    i = m
  end
end
local function simulation(seed)
  local now, serial, log = 0, 0, {}
  local calendar = setmetatable({ before = function(a, b) return a.at < b.at or a.at == b.at and a.serial < b.serial end }, Heap)
  local sim = { log = log }
  function sim.random(n) seed = (seed * 1103515245 + 12345) & 0x7fffffff return (seed >> 8) % n + 1 end
  function sim.at(delay, co, ...)
    serial = serial + 1
    calendar:push({ at = now + delay, serial = serial, co = co, args = table.pack(...) })
  end
  function sim.spawn(f, ...) sim.at(0, coroutine.create(f), ...) end
  function sim.sleep(d) sim.at(d, coroutine.running()) return coroutine.yield() end
  function sim.now() return now end
  function sim.note(...) log[#log + 1] = ("%g %s"):format(now, string.format(...)) end
  function sim.resource(capacity)
    local used, queue, waits = 0, {}, 0
    return {
      acquire = function()
        if used < capacity then used = used + 1 return 0 end
        queue[#queue + 1] = coroutine.running()
        local since = now
        coroutine.yield()
        waits = waits + now - since
        return now - since
      end,
      release = function()
        local nxt = table.remove(queue, 1)
        if nxt then sim.at(0, nxt) else used = used - 1 end
      end,
      stats = function() return used, #queue, waits end,
    }
  end
  function sim.run(limit)
    local events = 0
    while calendar[1] and calendar[1].at <= limit do
      local e = calendar:pop()
      now, events = e.at, events + 1
      local ok, err = coroutine.resume(e.co, table.unpack(e.args, 1, e.args.n))
      if not ok then sim.note("process failed: %s", err) end
    end
    return events
  end
  return sim
end
local function bank(seed, tellers, customers)
  local sim = simulation(seed)
  local desk = sim.resource(tellers)
  local served, longest = 0, 0
  local function customer(i)
    local wait <const> = desk.acquire()
    longest = math.max(longest, wait)
    if i <= 3 then sim.note("customer %d starts", i) end
    sim.sleep(sim.random(10) + (i % 4 == 0 and 0.5 or 0))
    desk.release()
    served = served + 1
    if i == 13 then error("unlucky", 0) end
  end
  sim.spawn(function()
    for i = 1, customers do
      sim.spawn(customer, i)
      sim.sleep(sim.random(5))
    end
    sim.note("closed")
  end)
  local events = sim.run(10000)
  print(seed, tellers, events, served, longest, desk.stats())
  return sim.log
end
print(table.concat(bank(42, 1, 60), "; ")) print(table.concat(bank(42, 2, 60), "; ")) print(table.concat(bank(7, 3, 100), "; "))
-- Ping-pong through mailboxes, and a process that is stopped by time.
local sim = simulation(1)
local function mailbox()
  local items, waiting = {}, nil
  return function(v) if waiting then local w = waiting waiting = nil sim.at(1, w, v) else items[#items + 1] = v end end,
    function() if #items > 0 then return table.remove(items, 1) end waiting = coroutine.running() return coroutine.yield() end
end
local to_a, from_a = mailbox()
local to_b, from_b = mailbox()
sim.spawn(function() for i = 1, 100 do to_b(i) local r = from_a() if i % 40 == 0 then sim.note("got %s", r) end end end)
sim.spawn(function() while true do local v = from_b() to_a(v % 2 == 0 and v / 2 or -v) end end)
print(sim.run(150), sim.now(), table.concat(sim.log, "; "))
print(sim.run(1e9), sim.now(), table.concat(sim.log, "; "))
