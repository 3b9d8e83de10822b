-- A loop variable changes its type in the middle of a hot loop.
local x, out = 0, {}
for i = 1, 400 do
  if i == 200 then x = x + 0.5 end
  if i == 300 then x = tostring(x) end
  x = x + 1
end
print(x, math.type(x))
local v = 1
for i = 1, 300 do
  if i == 150 then v = 2^53 elseif i == 250 then v = v // 1 | 0 end
  v = v + 1
end
print(v, math.type(v))
local t = {}
for i = 1, 200 do t[i] = i <= 100 and i or i + 0.25 end
local s = 0
for i = 1, 200 do s = s + t[i] end
print(s)
local kinds = { 1, 1.5, "2", 3, "0x10", 2^40 }
s = 0
for r = 1, 50 do for _, k in ipairs(kinds) do s = s + k end end
print(s)
