-- coroutine.wrap: generators, errors with positions, dead ones.
local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
for v in gen(4) do io.write(v, " ") end print()
local function tree(t) if t then tree(t.l) coroutine.yield(t.v) tree(t.r) end end
local function inorder(t) return coroutine.wrap(function() tree(t) end) end
for v in inorder { v = 4, l = { v = 2, l = { v = 1 }, r = { v = 3 } }, r = { v = 6 } } do io.write(v, " ") end print()
local e = coroutine.wrap(function() error("wrapped error") end) print(pcall(e)) print(pcall(e))
e = coroutine.wrap(function() error({ code = 1 }) end) local ok, v = pcall(e) print(ok, type(v), v.code)
e = coroutine.wrap(function() error("no position", 0) end) print(pcall(e))
e = coroutine.wrap(function() local x = nil + 1 end) print(pcall(e))
local p = coroutine.wrap(function(a) while true do a = coroutine.yield(a * 2) end end) print(p(1), p(2), p(21))
local function permgen(a, n)
  n = n or #a
  if n <= 1 then
    coroutine.yield(a)
  else
    for i = 1, n do a[n], a[i] = a[i], a[n] permgen(a, n - 1) a[n], a[i] = a[i], a[n] end
  end
end
local c = 0
for a in coroutine.wrap(function() permgen { 1, 2, 3, 4 } end) do
  c = c + 1
  if c <= 4 then io.write(table.concat(a), " ") end
end
print(c)
local function filter(p, g)
  return coroutine.wrap(function() for x in g do if x % p ~= 0 then coroutine.yield(x) end end end)
end
local function count(from) return coroutine.wrap(function() for i = from, math.huge do coroutine.yield(i) end end) end
local g = count(2) for i = 1, 12 do local x = g() io.write(x, " ") g = filter(x, g) end print()
