-- Generators behind __call, __index and __pairs, resumed across each other.
local Seq = {}
Seq.__index = Seq
Seq.__call = function(self) return self.gen() end
Seq.__pairs = function(self)
  local i = 0
  return function() local v = self.gen() if v ~= nil then i = i + 1 return i, v end end
end
local function seq(f) return setmetatable({ gen = coroutine.wrap(f) }, Seq) end
local s = seq(function() for i = 1, 5 do coroutine.yield(i * i) end end)
print(s(), s())
for i, v in pairs(s) do io.write(i, "=", v, " ") end
print()
local lazy = setmetatable({}, { __index = coroutine.wrap(function(t, k)
  while true do t, k = coroutine.yield(k .. "!") end
end) })
print(lazy.a, lazy.b, lazy[1])
local fib = seq(function() local a, b = 0, 1 while true do coroutine.yield(a) a, b = b, a + b end end)
local out = {}
for i = 1, 15 do out[i] = fib() end
print(table.concat(out, " "))
local add = setmetatable({}, { __add = coroutine.wrap(function() for i = 1, 3 do coroutine.yield("add" .. i) end end) })
print(add + 1, 1 + add, add + add)
