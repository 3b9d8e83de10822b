-- Weak values are cleared, strings and numbers are not.
local function dead() return {} end
local t = setmetatable({}, { __mode = "v" })
local keep = {}
t[1], t[2], t[3] = dead(), keep, "string"
t.a, t.b, t.c = dead(), 42, function() return keep end
t.d = coroutine.create(print)
collectgarbage()
print(t[1], t[2] == keep, t[3], t.a, t.b, t.c, t.d)
local n = 0
for _ in pairs(t) do n = n + 1 end
print(n)
local cache = setmetatable({}, { __mode = "v" })
local function get(k)
  local v = cache[k]
  if not v then v = { key = k } cache[k] = v end
  return v
end
local a = get("a") get("b") collectgarbage() print(cache.a == a, cache.b, get("a") == a)
for i = 1, 200 do t[i] = { i } end collectgarbage() n = 0 for i = 1, 200 do if t[i] then n = n + 1 end end print(n)
for i = 1, 200 do t[i] = i % 2 == 0 and keep or {} end
collectgarbage()
n = 0
for i = 1, 200 do if t[i] then n = n + 1 end end
print(n)
t = setmetatable({}, { __mode = "v" }) do local strong = {} t.x = strong collectgarbage() print(t.x == strong) end
local ring = setmetatable({}, { __mode = "v" })
do local x, y = {}, {} x.y, y.x = y, x ring[1], ring[2] = x, y end
collectgarbage()
print(#ring, ring[1], ring[2])
local m = {}
local late = setmetatable({ {} }, m)
m.__mode = "v"
collectgarbage()
print(late[1])
m.__mode = nil
late[1] = {}
collectgarbage()
print(type(late[1]))
