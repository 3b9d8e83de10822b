-- Generic loops over pairs, ipairs, next, closures, coroutines and callable tables, at one hot loop.
local function drain(...)
  local n, s = 0, 0
  for k, v in ... do
    n = n + 1
    s = s + (type(k) == "number" and k or #tostring(k)) + (type(v) == "number" and v or 0)
    if n >= 500 then break end
  end
  return n, s
end
local list, map = {}, {}
for i = 1, 300 do list[i] = i * 2 map["k" .. i] = i end
local function range(n) local i = 0 return function() i = i + 1 if i <= n then return i, i / 2 end end end
local callable = setmetatable({ n = 0 }, { __call = function(self, s, c) if c < s then return c + 1, s end end })
local function generator(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, -i) end end) end
local function up(_, k) k = (k or 0) + 1 if k < 200 then return k, k end end
local meta = setmetatable({}, { __pairs = function() return up end })
for _ = 1, 3 do
  print(drain(ipairs(list))) print(drain(pairs(map))) print(drain(next, list)) print(drain(next, map, nil))
  print(drain(range(250))) print(drain(callable, 220, 0)) print(drain(generator(230))) print(drain(pairs(meta)))
  print(drain(range(10000)))
end
print(pcall(drain, 5)) print(pcall(drain, nil)) print(pcall(drain, {}))
print(pcall(drain, next)) print(pcall(drain, next, {}, "x"))

-- ipairs honours __index, stops at the first nil, and sees changes made by the body.
local proxy = setmetatable({}, { __index = function(_, i) if i <= 280 then return i * i end end })
print(drain(ipairs(proxy)))
proxy[281] = 1
print(drain(ipairs(proxy)))
local seen = 0
for i, v in ipairs(list) do
  seen = seen + v
  if i == 100 then list[150] = nil elseif i == 120 then list[151] = nil list[150] = 7 end
end
print(seen)

-- Iterators that return more or fewer values than the loop takes.
local function many() local i = 0 return function() i = i + 1 if i <= 300 then return i, i + 1, i + 2, i + 3 end end end
local a, b, c, d, e = 0, 0, 0, 0, 0
for v in many() do a = a + v end
for v, w in many() do b = b + v * w end
for v, w, x, y, z in many() do c, d = c + x * y, z == nil and d + 1 or d end
for v in (function(_, i) if i < 300 then return i + 1 end end), nil, 0 do e = e + v end
print(a, b, c, d, e)

-- The state changes under the loop; the control variable is what the iterator returned, not what the body makes of it.
local state = { limit = 100 }
local turns = 0
for i in function(s, i) if i < s.limit then return i + 1 end end, state, 0 do
  turns = turns + 1
  if i == 90 then state.limit = 350 end
  i = 1000
end
print(turns)
-- false ends nothing, nil ends.
local order = { false, 1, false, nil }
local at = 0
for v in function() at = at + 1 return order[at] end do turns = turns + (v and 1 or 10) end
print(turns, at)
