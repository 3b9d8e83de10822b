-- Assigning to and clearing existing fields during traversal is allowed.
local t = {}
for i = 1, 50 do t["k" .. i] = i end
local n = 0
for k, v in pairs(t) do n = n + v t[k] = v * 2 end
print(n)
n = 0
for k, v in pairs(t) do n = n + v t[k] = nil end
print(n, next(t))
for i = 1, 20 do t[i] = i end
for k, v in pairs(t) do if v % 2 == 0 then t[k] = nil end end
local keys = {}
for k in pairs(t) do keys[#keys + 1] = k end
table.sort(keys)
print(table.concat(keys, " "))
local k, v = next(t)
while k do t[k] = nil k, v = next(t, k) end
print(next(t), #t)
local m = { a = 1, b = 2, c = 3, 10, 20, 30 }
local sum, cnt = 0, 0
for k, v in pairs(m) do sum = sum + v cnt = cnt + 1 for k2 in pairs(m) do cnt = cnt + 1 end end
print(sum, cnt)
local arr = { 5, 6, 7 }
for i, v in ipairs(arr) do if i < 6 then arr[#arr + 1] = v * 10 end end
print(table.concat(arr, " "))
for i, v in ipairs(arr) do if i == 2 then arr[3] = nil end io.write(i, " ") end print()
