-- Several coroutines and the main program change the same variables while their loops are hot.
local shared, log = 0, {}
local function worker(step, n)
  return coroutine.wrap(function()
    for i = 1, n do
      shared = shared + step
      if i % 100 == 0 then coroutine.yield(shared) end
    end
    return "finished"
  end)
end
local a, b, c = worker(1, 400), worker(10, 400), worker(0.5, 400)
for _ = 1, 4 do log[#log + 1] = a() .. "/" .. b() .. "/" .. c() end
print(table.concat(log, " "), a(), b(), c(), shared)

-- The variable changes its type while a coroutine is suspended in its loop.
local value = 1
local co = coroutine.wrap(function()
  local s = 0
  for i = 1, 600 do
    s = s + value
    if i % 100 == 0 then coroutine.yield(s) end
  end
  return s
end)
local steps = { co() }
for _, v in ipairs({ 2, 0.5, "3", 1 << 60 }) do value = v steps[#steps + 1] = co() end
print(table.concat(steps, " "))
value = {}
print(pcall(co))

-- A local of a coroutine is captured by closures that outlive it; the stack it lived on is gone.
local function make()
  local n = 0
  local get, add = function() return n end, function(d) n = n + d end
  coroutine.yield(get, add)
  for i = 1, 300 do add(i) end
  coroutine.yield()
  n = n + 0.25
  error("ends by error")
end
local thread = coroutine.create(make)
local _, get, add = coroutine.resume(thread)
for i = 1, 300 do add(1) end
print(get()) coroutine.resume(thread) print(get()) print(coroutine.resume(thread)) print(get())
for i = 1, 300 do add(-1) end
print(get())
local closed = coroutine.create(make)
_, get, add = coroutine.resume(closed)
add(5) print(coroutine.close(closed), get()) add(1) print(get())

-- A counter in the main loop, changed by a generator that it calls.
local i, produced = 0, 0
local gen = coroutine.wrap(function() while true do i = i + 1 produced = produced + 1 coroutine.yield(i) end end)
while i < 500 do
  local before = i
  local v = gen()
  if v ~= before + 1 or v ~= i then print("lost", v, before, i) end
  if i % 100 == 50 then i = i + 10 end
end
print(i, produced)

-- Two coroutines resume each other's closures, which are hot in both.
local x = 0
local function inc() x = x + 1 return x end
local p = coroutine.wrap(function(f) for k = 1, 300 do f() if k % 3 == 0 then coroutine.yield(f()) end end end)
local q = coroutine.wrap(function(f) for k = 1, 300 do local v = f() if v % 2 == 0 then coroutine.yield(v) end end end)
local s = 0
for _ = 1, 80 do s = s + p(inc) + q(inc) end
print(s, x)
