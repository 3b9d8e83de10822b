-- Old objects pointing at new ones in generational mode.
collectgarbage("generational") local old = {} for i = 1, 50 do old[i] = {} end collectgarbage() collectgarbage()
for round = 1, 30 do
  for i = 1, 50 do old[i].young = { round, i } end
  for j = 1, 50 do local _ = { j } end
  if round % 5 == 0 then collectgarbage("step", 0) end
end
local s = 0
for i = 1, 50 do s = s + old[i].young[1] * old[i].young[2] end
print(s)
local up = {}
local function setter(v) up = v end
collectgarbage()
for i = 1, 40 do setter({ i }) collectgarbage("step", 0) end
print(up[1])
local mtobj = setmetatable({}, {})
collectgarbage()
for i = 1, 20 do setmetatable(mtobj, { __index = { v = i } }) collectgarbage("step", 0) end
print(mtobj.v)
local co = coroutine.create(function() local x while true do x = { coroutine.yield(x and x[1]) } end end)
coroutine.resume(co)
collectgarbage()
local r
for i = 1, 20 do collectgarbage("step", 0) r = select(2, coroutine.resume(co, i)) end
print(r)
local weak = setmetatable({}, { __mode = "v" })
for i = 1, 20 do weak[i] = { i } collectgarbage("step", 0) end
collectgarbage()
local n = 0
for i = 1, 20 do if weak[i] then n = n + 1 end end
print(n)
local fin = 0
for i = 1, 50 do setmetatable({}, { __gc = function() fin = fin + 1 end }) collectgarbage("step", 0) end
collectgarbage()
print(fin)
local res = {}
for i = 1, 10 do setmetatable({ i = i }, { __gc = function(o) res[#res + 1] = o end }) end
collectgarbage()
collectgarbage("step", 0)
s = 0
for _, o in ipairs(res) do s = s + o.i end
print(#res, s)
local big = {}
for i = 1, 300 do big[i] = i end
collectgarbage()
for i = 1, 300 do big[i] = { i } if i % 50 == 0 then collectgarbage("step", 0) end end
s = 0
for i = 1, 300 do s = s + big[i][1] end
print(s)
collectgarbage("incremental")
print(collectgarbage("incremental"))
