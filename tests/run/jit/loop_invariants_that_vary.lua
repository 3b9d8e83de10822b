-- What looks invariant in a loop is changed by a call, a metamethod or a coroutine within it.
local t = { n = 1, list = { 1, 2, 3 } }
local function poke(i)
  if i == 150 then t.n = 10 elseif i == 250 then t.list = { 5 } elseif i == 350 then t.list[2] = 7 end
end
local s, len = 0, 0
for i = 1, 400 do
  poke(i)
  s = s + t.n
  len = len + #t.list
end
print(s, len)

-- An upvalue and a global that a callee assigns.
local up = 1
glob = 1
local function change(i) if i % 100 == 0 then up = up * 2 glob = glob + 0.5 end end
local us, gs = 0, 0
for i = 1, 500 do
  us, gs = us + up, gs + glob
  change(i)
  us = us + up
end
print(us, gs, up, glob)

-- The same local through a closure and by itself.
local function aliased(n)
  local x = 0
  local function inc() x = x + 1 end
  local before, after = 0, 0
  for i = 1, n do
    before = before + x
    if i % 3 == 0 then inc() end
    after = after + x
  end
  return before, after, x
end
print(aliased(400))

-- Two names for one table; two tables exchanged under one name.
local a = { v = 1 }
local b = a
local sum = 0
for i = 1, 400 do
  a.v = i
  sum = sum + b.v
  if i == 200 then b = { v = -1 } end
end
print(sum, b.v)
local x, y = { k = 1 }, { k = 2 }
sum = 0
for i = 1, 400 do
  sum = sum * 3 % 1000003 + x.k + y.k * 2
  x, y = y, x
  x.k = x.k + 1
end
print(sum, x.k, y.k)

-- A store to one element changes what another expression reads; indices that happen to be equal.
local arr = {}
for i = 1, 20 do arr[i] = i end
for i = 1, 600 do
  local p, q = i % 20 + 1, i * 7 % 20 + 1
  local old = arr[p]
  arr[q] = old + 1
  arr[p] = arr[p] - old + arr[q] % 5
end
print(table.concat(arr, " "))

-- A metamethod with side effects on the loop's own table and bound.
local reads = 0
local magic = setmetatable({}, { __index = function(self, k)
  reads = reads + 1
  if reads == 300 then rawset(self, "f", 1000) end
  return reads
end })
local total = 0
for _ = 1, 400 do total = total + magic.f end
print(total, reads)

-- A coroutine changes the array that the loop walks.
local data = { 1, 2, 3, 4, 5 }
local mutator = coroutine.wrap(function()
  local k = 0
  while true do
    k = k % #data + 1
    data[k] = data[k] + 1
    coroutine.yield()
  end
end)
local walked = 0
for _ = 1, 100 do
  for k = 1, #data do
    walked = walked + data[k]
    mutator()
  end
end
print(walked, table.concat(data, " "))

-- A condition that only a callee makes false.
local running, turns = true, 0
local function tick() turns = turns + 1 if turns == 777 then running = false end end
while running do tick() end
print(turns)
