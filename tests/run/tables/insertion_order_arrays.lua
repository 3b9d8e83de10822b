-- Array traversal order is index order for pairs over sequences.
local t = {}
for i = 1, 20 do t[i] = i * i end
local seen = {}
for k in pairs(t) do seen[#seen + 1] = k end
print(table.concat(seen, " "))
for k in next, { "a", "b", "c" } do io.write(k, " ") end
print()
local u = { 10, 20, 30, nil, 50 }
local n = 0
for _ in pairs(u) do n = n + 1 end
print(n)
t[#t] = nil
t[#t + 1] = "last"
print(#t, t[20])
local k, v = next(t)
print(k, v, next(t, 19), next(t, 20))
local r = {}
for i, x in ipairs(t) do if i > 18 then r[#r + 1] = i .. "=" .. tostring(x) end end
print(table.concat(r, " "))
