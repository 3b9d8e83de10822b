-- Long lists, deep nesting, wide tables and cycles survive collections.
local list
for i = 1, 5000 do list = { next = list, v = i } end
collectgarbage()
local n, s = 0, 0
local p = list
while p do n = n + 1 s = s + p.v p = p.next end
print(n, s)
list = nil
p = nil
local deep = {}
local d = deep
for i = 1, 2000 do d[1] = {} d = d[1] end
collectgarbage()
n = 0
d = deep
while d[1] do n = n + 1 d = d[1] end
print(n)
local f = function() return 0 end
for i = 1, 200 do local g = f f = function() return g() + 1 end end
collectgarbage()
print(f())
local cyc = {}
for i = 1, 300 do cyc[i] = { id = i } end
for i = 1, 300 do cyc[i].next = cyc[i % 300 + 1] end
local start = cyc[1]
cyc = nil
collectgarbage()
n = 1
p = start.next
while p ~= start do n = n + 1 p = p.next end
print(n)
local function tree(k) if k == 0 then return {} end return { tree(k - 1), tree(k - 1) } end
local function cnt(t) if not t[1] then return 1 end return 1 + cnt(t[1]) + cnt(t[2]) end
for i = 1, 3 do print(cnt(tree(8))) collectgarbage() end
local cos = {}
for i = 1, 50 do
  local data = { i }
  cos[i] = coroutine.wrap(function()
    local loc = { data[1] * 2 }
    coroutine.yield()
    return loc[1] + data[1]
  end)
  cos[i]()
end
collectgarbage()
s = 0
for i = 1, 50 do s = s + cos[i]() end
print(s)
local mts = {}
for i = 1, 100 do mts[i] = setmetatable({}, { __index = { v = i } }) end
collectgarbage()
s = 0
for i = 1, 100 do s = s + mts[i].v end
print(s)
local old = {}
for r = 1, 20 do old[r] = {} for i = 1, r do old[i][r] = { r, i } end collectgarbage("step", 10) end
s = 0
for i = 1, 20 do for k, v in pairs(old[i]) do s = s + v[1] * v[2] end end
print(s)
