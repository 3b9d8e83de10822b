-- Tables are cleared and refilled while iterated and indexed in hot loops.
local t = {}
for i = 1, 100 do t["k" .. i] = i end
local total = 0
for r = 1, 5 do for k, v in pairs(t) do total = total + v if v % (r + 1) == 0 then t[k] = nil end end end
local left = 0
for _ in pairs(t) do left = left + 1 end
print(left)
for i = 1, 100 do t["k" .. i] = nil end
print(next(t))
for i = 1, 100 do t["n" .. i] = i end
left = 0
for k, v in pairs(t) do left = left + v end
print(left)
local a = {}
for i = 1, 100 do a[i] = i end
for i, v in ipairs(a) do if v % 10 == 0 then table.remove(a, i) end end
print(#a)
local s = 0
for i = #a, 1, -1 do if a[i] % 2 == 0 then table.remove(a, i) end end
for _, v in ipairs(a) do s = s + v end
print(#a, s)
local q = {}
for r = 1, 50 do q[#q + 1] = r if r % 3 == 0 then table.remove(q, 1) end end
print(#q, q[1], q[#q])
local h = {}
for r = 1, 20 do for i = 1, 20 do h[i * r] = (h[i * r] or 0) + 1 end for i = 1, 10 do h[i * r] = nil end end
local c = 0
for k, v in pairs(h) do c = c + v end
print(c)
local k = next(h)
while k do local nk = next(h, k) h[k] = nil k = nk end
print(next(h))
local ring = {}
for i = 1, 500 do ring[i] = i ring[i - 10] = nil end
c = 0
for k, v in pairs(ring) do c = c + v end
print(c)
local keep = {}
for i = 1, 60 do keep[i] = true keep["s" .. i] = true end
for kk in pairs(keep) do if type(kk) == "string" then keep[kk] = nil end end
c = 0
for kk in pairs(keep) do c = c + kk end
print(c, #keep)
local two = { x = 1, y = 2 }
for r = 1, 100 do two.x = nil two.y = r two.x = r * 2 two.y = nil end
print(two.x, two.y)
local churn = {}
for i = 1, 1000 do
  churn[i % 7] = i
  churn["z" .. i % 5] = i
  churn[i % 3 + 0.5] = i
  if i % 11 == 0 then churn[i % 7] = nil churn["z" .. i % 5] = nil end
end
c = 0
for _, v in pairs(churn) do c = c + v end
print(c)
