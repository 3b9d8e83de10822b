-- Many strings interned and dropped while some stay; keys survive.
local keep = {}
for i = 1, 500 do local s = "key" .. i if i % 50 == 0 then keep[s] = i end end
collectgarbage()
local sum = 0
for k, v in pairs(keep) do sum = sum + v end
print(sum, keep["key" .. 100], keep["key" .. 101])
local t = {}
for r = 1, 5 do for i = 1, 200 do t["k" .. i] = ("v"):rep(r) .. i end collectgarbage("step") end
print(t.k1, t.k200, t["k" .. (99 + 1)])
local s = ""
for i = 1, 300 do s = s .. "x" if i % 100 == 0 then collectgarbage() end end
print(#s, s == ("x"):rep(300))
local parts = {}
for i = 1, 200 do parts[i] = tostring(i) .. "-" .. i * i end
collectgarbage()
print(#table.concat(parts))
local longs = {}
for i = 1, 50 do longs[("long key "):rep(10) .. i] = i end
collectgarbage()
print(longs[("long key "):rep(10) .. 25])
for k in pairs(longs) do longs[k] = nil end
collectgarbage()
print(next(longs))
local seen = setmetatable({}, { __mode = "k" })
for i = 1, 50 do seen["str" .. i] = true end
collectgarbage()
local n = 0
for _ in pairs(seen) do n = n + 1 end
print(n)
local x = "a" .. "b" .. 1
collectgarbage()
print(x == "ab1", ({ ab1 = "found" })[x])
