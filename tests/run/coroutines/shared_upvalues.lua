-- Coroutines that share upvalues with each other and with the main program.
local n = 0
local function worker(id, step)
  return coroutine.wrap(function() for _ = 1, 4 do n = n + step coroutine.yield(id .. ":" .. n) end end)
end
local a, b = worker("a", 1), worker("b", 100)
print(a(), b(), a(), n, b()) n = 0 print(a(), b(), n)
local get, set, co
co = coroutine.create(function()
  local hidden = 1
  get = function() return hidden end
  set = function(v) hidden = v end
  while true do coroutine.yield(hidden) hidden = hidden + 1 end
end)
print(select(2, coroutine.resume(co)), get()) set(10) print(get(), select(2, coroutine.resume(co)), get())
coroutine.close(co) set(99) print(get())
local dead = coroutine.wrap(function()
  local x = 5
  get = function() x = x + 1 return x end
  error("die", 0)
end)
pcall(dead)
print(get(), get())
local fs = {}
local g = coroutine.wrap(function()
  for i = 1, 3 do fs[i] = function() i = i + 10 return i end coroutine.yield() end
end)
g()
g()
print(fs[1](), fs[2](), fs[1]())
g()
print(fs[3](), fs[2]())
local queue, log = {}, {}
local prod = coroutine.create(function() for i = 1, 5 do queue[#queue + 1] = i * i coroutine.yield() end end)
local cons = coroutine.create(function()
  while true do while #queue == 0 do coroutine.yield() end log[#log + 1] = table.remove(queue, 1) end
end)
while coroutine.status(prod) ~= "dead" do coroutine.resume(prod) coroutine.resume(cons) end
print(table.concat(log, " "))
local function counter()
  local c = 0
  return coroutine.wrap(function()
    while true do c = c + 1 coroutine.yield(c) end
  end), function() return c end
end
local c1, v1 = counter() local c2, v2 = counter() c1() c1() c2() print(v1(), v2())
