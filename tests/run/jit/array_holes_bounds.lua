-- Reads and writes past the end, negative, float and huge indices in hot loops.
local a = {} for i = 1, 100 do a[i] = i end
local function sum(t, from, to, step)
  local s, n = 0, 0
  for i = from, to, step or 1 do local v = t[i] if v then s = s + v else n = n + 1 end end
  return s, n
end
print(sum(a, 1, 100)) print(sum(a, -10, 110)) print(sum(a, 1, 100, 0.5))
print(sum(a, 1.0, 100.0))
print(sum(a, math.maxinteger - 5, math.maxinteger))
print(sum(a, math.mininteger, math.mininteger + 5))
a[50] = nil
print(sum(a, 1, 100))
a[50] = 50.5
print(sum(a, 1, 100))
a[0] = 1000
a[-1] = 2000
print(sum(a, -1, 3))
local b = {}
for i = 1, 60 do b[i] = i if i == 30 then b[1000] = 1 end end
b[61] = "s"
local n = 0
for i = 1, 61 do if math.type(b[i]) == "integer" then n = n + 1 end end
print(n)
local function fill(t, n) for i = 1, n do t[#t + 1] = i end return #t end
print(fill({}, 100), fill({ 1, 2, 3 }, 100), fill(setmetatable({}, { __newindex = function(t, k, v)
  rawset(t, k, v * 2)
end }), 10))
local m = setmetatable({}, { __index = function(_, i) return i * 10 end })
local function rd(t) local s = 0 for i = 1, 50 do s = s + t[i] end return s end
print(rd(m), rd(a))
m[25] = 1
print(rd(m))
local st = {}
for i = 1, 50 do st[i] = i end
for i = 50, 1, -1 do st[i] = nil end
for i = 1, 10 do st[i] = -i end
print(#st, st[10], st[11])
local mat = {}
for i = 1, 10 do mat[i] = {} for j = 1, 10 do mat[i][j] = i * j end end
local tr = 0
for i = 1, 10 do tr = tr + mat[i][i] + (mat[i][i + 1] or 0) + ((mat[i + 1] or {})[i] or 0) end
print(tr)
local w = {}
for i = 1, 40 do w[i] = i end
for i = 1, 40 do w[i] = i % 3 == 0 and nil or w[i] end
n = 0
for i = 1, 40 do if w[i] then n = n + w[i] end end
print(n)
local sp = {}
for i = 1, 2000, 97 do sp[i] = i end
n = 0
for i = 1, 2000 do if sp[i] then n = n + 1 end end
print(n)
local str = {}
for i = 1, 30 do str[tostring(i)] = i end
n = 0
for i = 1, 30 do n = n + (str[i] or 0) + str["" .. i] end
print(n)
