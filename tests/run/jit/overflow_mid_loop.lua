-- Integer arithmetic that overflows after many iterations without.
local x = math.maxinteger - 500
for i = 1, 1000 do x = x + 1 end
print(x)
local p = 1
for i = 1, 100 do p = p * 3 end
print(p)
local m = math.mininteger + 250
for i = 1, 500 do m = m - 1 end
print(m)
local c, neg = 0, math.mininteger + 100
for i = 1, 200 do neg = neg - 1 if neg > 0 then c = c + 1 end end
print(c, neg)
local function add(a, b) return a + b end
local r = 0
for i = 1, 300 do r = add(r, i < 250 and 1 or math.maxinteger // 3) end
print(r)
local sh = 1
for i = 1, 130 do sh = sh << 1 if sh == 0 then sh = 1 end end
print(sh)
local d = 0
for i = -300, 300 do if i ~= 0 then d = d + math.mininteger // i end end
print(d)
local f = 0
for i = 1, 200 do f = f + (i * 0x7fffffffffff) * i end
print(f)
