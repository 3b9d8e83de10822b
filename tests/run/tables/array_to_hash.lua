-- Tables that change between array and hash use while a loop runs.
local t = {}
local s = 0
for i = 1, 200 do
  t[i] = i
  if i == 50 then t.name = "named" end
  if i == 100 then t[1000000] = "far" end
  if i == 150 then t[-5] = "neg" t[2.5] = "half" end
  s = s + t[i]
end
print(s, #t >= 200, t.name, t[1000000], t[-5], t[2.5])
for i = 1, 200 do t[i] = nil end
print(t[1], t[200], t.name, t[1000000])
local rev = {}
for i = 64, 1, -1 do rev[i] = i end
for i = 65, 128 do rev[i] = i end
local x = 0 for i, v in ipairs(rev) do x = x + v end print(x, #rev)
local sparse = {}
for i = 1, 100 do sparse[i * 1000] = i end
local c, tot = 0, 0 for k, v in pairs(sparse) do c = c + 1 tot = tot + v end print(c, tot)
for i = 1, 999 do sparse[i] = 0 end
print(#sparse >= 1000, sparse[1000], sparse[999])
local mixed = {}
for i = 1, 30 do mixed[i] = (i % 3 == 0) and "s" .. i or (i % 3 == 1) and i or i + 0.5 end
local out = {} for i = 1, 30 do out[i] = tostring(mixed[i]) end print(table.concat(out, " "))
local holes = { 1, 2, 3, 4 } holes[2] = nil
print(holes[1], holes[2], holes[3], holes[4])
