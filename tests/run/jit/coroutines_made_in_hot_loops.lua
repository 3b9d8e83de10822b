-- Coroutines created, run, abandoned, closed and wrapped by hot loops.
local s = 0
for i = 1, 300 do
  local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return a * b end)
  s = s + co(i) + co(2)
end
print(s)
local abandoned, states = 0, {}
for i = 1, 300 do
  local co = coroutine.create(function() local x = i coroutine.yield(x) abandoned = abandoned + 1 end)
  if i % 3 > 0 then coroutine.resume(co) end
  if i % 3 == 2 then coroutine.resume(co) end
  local st = coroutine.status(co)
  states[st .. i % 3] = (states[st .. i % 3] or 0) + 1
end
print(abandoned, states.suspended0, states.suspended1, states.dead2)

-- close in a loop: pending variables are closed, the state becomes dead.
local closed = 0
local mt = { __close = function() closed = closed + 1 end }
for i = 1, 200 do
  local co = coroutine.create(function()
    local a <close> = setmetatable({}, mt)
    local b <close> = setmetatable({}, mt)
    coroutine.yield()
  end)
  coroutine.resume(co)
  local ok = coroutine.close(co)
  if not ok or coroutine.status(co) ~= "dead" then print("not closed", i) end
end
print(closed)

-- Generators composed of generators; the consumer is the hot loop.
local function range(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
local function map(f, g) return coroutine.wrap(function() for v in g do coroutine.yield(f(v)) end end) end
local function filter(p, g)
  return coroutine.wrap(function() for v in g do if p(v) then coroutine.yield(v) end end end)
end
local function take(n, g)
  return coroutine.wrap(function()
    for _ = 1, n do
      local v = g()
      if not v then return end
      coroutine.yield(v)
    end
  end)
end
local function third(x) return x % 3 ~= 0 end
local function halved(x) return x > 200 and x / 2 or x end
local total, kinds = 0, { integer = 0, float = 0 }
for v in take(200, filter(third, map(halved, range(1000)))) do
  total = total + v
  kinds[math.type(v)] = kinds[math.type(v)] + 1
end
print(total, kinds.integer, kinds.float)

-- Values in and out change their number and kind; resume's results in an expression.
local echo = coroutine.wrap(function(...)
  local t = table.pack(...)
  while true do t = table.pack(coroutine.yield(table.unpack(t, 1, t.n))) end
end)
local n = 0
for i = 1, 400 do
  local a, b, c = echo(i, i % 2 == 0 and "s" or nil, i % 3 == 0 and 0.5)
  n = n + a + (b and 1 or 0) + (c or 0) + select("#", echo(table.unpack({}, 1, i % 4)))
end
print(n)

-- Errors inside: the loop goes on with the next coroutine; a dead one is resumed.
local failed, dead = 0, 0
for i = 1, 300 do
  local co = coroutine.create(function(v) if v % 2 == 0 then error({ v }) end return v end)
  local ok, e = coroutine.resume(co, i)
  if not ok then failed = failed + e[1] end
  local again, message = coroutine.resume(co)
  if not again and message == "cannot resume dead coroutine" then dead = dead + 1 end
end
print(failed, dead)
print(pcall(function()
  for i = 1, 300 do coroutine.wrap(function() if i == 299 then error("wrapped " .. i) end end)() end
end))

-- running, isyieldable and status seen from inside, main and nested.
local seen = {}
for i = 1, 200 do
  local outer
  outer = coroutine.create(function()
    local inner = coroutine.wrap(function()
      return coroutine.status(outer), coroutine.isyieldable(), select(2, coroutine.running())
    end)
    return coroutine.status(outer), inner()
  end)
  local _, a, b, c, d = coroutine.resume(outer)
  seen[#seen + 1] = a .. b .. tostring(c) .. tostring(d)
end
print(seen[1], seen[200], coroutine.isyieldable(), select(2, coroutine.running()))
print(pcall(coroutine.yield, 1)) print(pcall(coroutine.resume, coroutine.running()))
print(pcall(coroutine.wrap(function() end)))
