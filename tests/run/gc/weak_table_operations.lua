-- Weak tables under the operations of the language: length, traversal, sort, changes of mode, strings and numbers in them.
local strong = { {}, {}, {} }
local w = setmetatable({}, { __mode = "v" })
for i = 1, 10 do w[i] = i <= 3 and strong[i] or {} end
collectgarbage()
local n = 0
for k, v in pairs(w) do n = n + k assert(v == strong[k]) end
print(n, w[1] == strong[1], w[4], w[10])
-- Values that are not objects stay; strings count as values, not as objects.
w = setmetatable({ 1, "two", 3.5, true, {}, print }, { __mode = "v" })
w.s, w.f = "st" .. "ring", math.abs
collectgarbage()
print(w[1], w[2], w[3], w[4], w[5], w[6] == print, w.s, w.f == math.abs)
w = setmetatable({ [{}] = 1, [1] = {}, str = "k", [print] = "function" }, { __mode = "k" })
collectgarbage()
local keys = {}
for k in pairs(w) do keys[#keys + 1] = type(k) end
table.sort(keys)
print(table.concat(keys, " "), type(w[1]))
w = setmetatable({ [{}] = 1, [1] = {}, [2] = 2, [{}] = {} }, { __mode = "kv" })
collectgarbage()
print(next(w), next(w, 2))
-- The mode may change at any time; other letters are ignored.
local mt = { __mode = "v" }
local a = {}
w = setmetatable({ a = a }, mt)
mt.__mode = nil
a = nil
collectgarbage()
print(type(w.a))
mt.__mode = "xv"
collectgarbage()
print(w.a)
w.b = {} mt.__mode = 5 collectgarbage() print(type(w.b)) mt.__mode = "" collectgarbage() print(type(w.b))
setmetatable(w, { __mode = "k" }) collectgarbage() print(type(w.b)) setmetatable(w, { __mode = "v" }) collectgarbage() print(w.b)
-- A cache, a set of observers, an object with private data, a memoised function.
local loads = 0
local cache = setmetatable({}, { __mode = "v" })
local function get(k) local v = cache[k] if not v then loads = loads + 1 v = { k = k } cache[k] = v end return v end
local held = { get "a", get "b" } get "c"
collectgarbage()
get "a" get "b" get "c"
print(loads, held[1].k)
local private = setmetatable({}, { __mode = "k" })
local function account(balance)
  local self = {}
  private[self] = { balance = balance, owner = self }
  function self:deposit(x) private[self].balance = private[self].balance + x return private[self].balance end
  return self
end
local acc = account(10)
account(20)
collectgarbage()
n = 0
for o, p in pairs(private) do n = n + 1 assert(p.owner == o) end
print(n, acc:deposit(5))
local observers, seen = setmetatable({}, { __mode = "k" }), 0
local function observer() local o = {} observers[o] = function() seen = seen + 1 end return o end
local o1, o2 = observer(), observer() observer() observer()
collectgarbage()
for _, f in pairs(observers) do f() end
o2 = nil
collectgarbage()
for _, f in pairs(observers) do f() end
print(seen, o1 ~= nil)
-- Removing while traversing, and a table that is its own weak key and value.
local self = setmetatable({}, { __mode = "kv" })
self[self], self.me = self, self
collectgarbage()
print(self[self] == self, self.me == self)
for k in pairs(self) do self[k] = nil collectgarbage() end
print(next(self))
