-- Yields out of hot loops at odd places, resumed with other types.
local function gen(n)
  return coroutine.wrap(function(a)
    local s = a
    for i = 1, n do s = s + (coroutine.yield(s) or 0) end
    return "sum " .. s
  end)
end
local g = gen(200) local r = g(0) for i = 1, 199 do r = g(i <= 100 and i or i + 0.5) end print(r) print(g("5"))
local co = coroutine.wrap(function()
  local t = {}
  for i = 1, 100 do t[i] = i if i % 25 == 0 then local v = coroutine.yield(#t) t = v or t end end
  return #t
end)
print(co(), co(), co({ 1, 2 }), co(), pcall(co))
local function inner(i) if i % 50 == 0 then return coroutine.yield(i) end return i end
co = coroutine.wrap(function() local s = 0 for i = 1, 200 do s = s + inner(i) end return s end)
print(co(), co(1000), co(2000), co(0.5), (co(7)))
local many = {}
for i = 1, 20 do
  many[i] = coroutine.wrap(function()
    local x = i
    for k = 1, 30 do x = x + k coroutine.yield(x) end
    return "end" .. i
  end)
end
local s = 0
for k = 1, 30 do for i = 1, 20 do s = s + many[i]() end end
print(s, many[1](), many[20]())
co = coroutine.wrap(function()
  for i = 1, 100 do
    local ok, e = pcall(function() if i == 60 then coroutine.yield("y60") error("e60", 0) end return i end)
    if not ok then coroutine.yield(e) end
  end
  return "fin"
end)
print(co(), co(), co())
local mt = { __add = function(a, b) return coroutine.yield("add") + b end }
co = coroutine.wrap(function()
  local v, s = 1, 0
  for i = 1, 60 do s = v + i if i == 50 then v = setmetatable({}, mt) end end
  return s
end)
local x = co()
local c = 0
while x == "add" do c = c + 1 x = co(c * 100) end
print(x, c)
co = coroutine.wrap(function()
  for k, v in pairs({ 1, 2, 3, a = 4 }) do coroutine.yield(v) end
  for i = 1, 3 do for j = 1, 3 do if i == j then coroutine.yield(i * j) end end end
end)
s = 0
for i = 1, 7 do s = s + co() end
print(s)
local w = coroutine.wrap(function(...)
  while true do local n = select("#", ...) ; (function(...) coroutine.yield(n, ...) end)(...) end
end)
print(w(1, 2, 3)) print(w())
