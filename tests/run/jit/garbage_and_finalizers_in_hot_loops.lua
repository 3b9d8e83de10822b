-- Collections inside hot loops: live values stay, weak ones go, finalizers run and change the loop's variables.
local s, text, wide, f = 0, "", 1 << 60, 0.5
for i = 1, 600 do
  local t = { i, { i * 2 } }
  s = s + t[2][1]
  wide = wide + i
  f = f + 0.25
  if i % 200 == 0 then
    text = text .. i
    collectgarbage()
    s = s + t[1]
  end
end
print(s, text, wide, f)

-- A finalizer changes an upvalue's type, a global, a metatable.
local step, finalized = 1, 0
local function loop(n)
  local acc = 0
  for i = 1, n do
    if i == n // 2 then
      setmetatable({}, { __gc = function() step = 0.5 finalized = finalized + 1 end })
      collectgarbage()
    end
    acc = acc + step
  end
  return acc
end
print(loop(400), finalized)
object = { v = 1 }
local function fields(n)
  local acc = 0
  for i = 1, n do
    if i == n // 2 then
      setmetatable({}, { __gc = function() object = setmetatable({}, { __index = { v = 10 } }) end })
      collectgarbage()
    end
    acc = acc + object.v
  end
  return acc
end
print(fields(400))

-- Finalizers that raise warn only; finalizers that create garbage; a collection within a finalizer.
local order, together = {}, {}
for i = 1, 20 do
  together[i] = setmetatable({}, { __gc = function()
    order[#order + 1] = i
    local t = {}
    for k = 1, 10 do t[k] = { k } end
  end })
end
together = nil
collectgarbage()
local in_order = 0
for i = 2, #order do if order[i] == order[i - 1] - 1 then in_order = in_order + 1 end end
print(#order, in_order)
local nested = 0
setmetatable({}, { __gc = function() nested = nested + 1 collectgarbage() nested = nested + 1 end })
collectgarbage()
print(nested)

-- Weak tables filled in hot loops: values referred to by locals only survive, the rest goes.
local cache = setmetatable({}, { __mode = "v" })
local keep = {}
for i = 1, 300 do
  local v = { id = i }
  cache[i] = v
  if i % 60 == 0 then keep[#keep + 1] = v end
end
collectgarbage()
local alive, ids = 0, 0
for k, v in pairs(cache) do alive = alive + 1 ids = ids + v.id end
print(alive, ids, #keep)
local eph = setmetatable({}, { __mode = "k" })
local keys = {}
for i = 1, 200 do
  local k = {}
  eph[k] = { key = k, n = i }
  if i % 50 == 0 then keys[#keys + 1] = k end
end
collectgarbage()
local n = 0
for k, v in pairs(eph) do if v.key == k then n = n + v.n end end
print(n, #keys)

-- Registers of a hot frame hold the only reference: through arithmetic, comparisons, calls, varargs and coroutines.
local function only(i) local t = { i } if i % 100 == 0 then collectgarbage() end return t[1] end
local function through(...) local a, b = ... if a[1] % 100 == 0 then collectgarbage() end return a[1] + b[1] end
s = 0
for i = 1, 300 do s = s + only(i) + through({ i }, { i * 2 }) + #(("x"):rep(i % 5) .. only(i)) end
print(s)
local co = coroutine.wrap(function()
  for i = 1, 300 do
    local t = { i }
    if i % 100 == 0 then coroutine.yield({ i }) end
    s = s + t[1]
  end
  return "end"
end)
local last
for _ = 1, 3 do last = co() collectgarbage() s = s + last[1] end
print(s, co())
collectgarbage("stop")
local sum = 0
for i = 1, 300 do sum = sum + #{ i, i } end
collectgarbage("restart")
print(sum, collectgarbage("isrunning"), collectgarbage("count") > 0)
