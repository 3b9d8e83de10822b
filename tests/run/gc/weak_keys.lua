-- Weak keys and fully weak tables.
local t = setmetatable({}, { __mode = "k" }) local k1, k2 = {}, {}
t[k1] = "one"
t[k2] = "two"
t[{}] = "dead"
t.str = {}
t[1] = {}
collectgarbage()
local n = 0
for _ in pairs(t) do n = n + 1 end
print(n, t[k1], t[k2], type(t.str), type(t[1]))
k1 = nil collectgarbage() n = 0 for _ in pairs(t) do n = n + 1 end print(n, t[k2])
local meta = setmetatable({}, { __mode = "k" })
local function tag(o, v) meta[o] = v return o end
local o = tag({}, { info = 1 })
tag({}, { info = 2 })
collectgarbage()
n = 0
for k, v in pairs(meta) do n = n + v.info end
print(n, meta[o].info)
local kv = setmetatable({}, { __mode = "kv" })
kv[o] = {}
kv[{}] = o
kv.x = o
kv[1] = {}
kv[2] = "s"
collectgarbage()
n = 0
for _ in pairs(kv) do n = n + 1 end
print(n, kv[o], kv.x == o, kv[1], kv[2])
for i = 1, 100 do t[{}] = i t[function() end] = i t[coroutine.create(print)] = i end
collectgarbage()
n = 0
for _ in pairs(t) do n = n + 1 end
print(n)
local ids = setmetatable({}, { __mode = "k" })
local live = {}
for i = 1, 50 do local x = {} ids[x] = i if i % 10 == 0 then live[#live + 1] = x end end
collectgarbage()
local s = 0
for k, v in pairs(ids) do s = s + v end
print(s, #live)
for k in pairs(ids) do ids[k] = nil end
print(next(ids))
local loop = setmetatable({}, { __mode = "k" })
do local a = {} loop[a] = a end
collectgarbage()
print(next(loop))
