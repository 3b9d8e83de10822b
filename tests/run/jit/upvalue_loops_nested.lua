-- Loop counters, limits and accumulators captured by closures that change them.
local total = 0
for i = 1, 3 do
  local function bump(n) total = total + n * i end
  for j = 1, 50 do bump(j) end
end
print(total)
local limit = 10
local ran = 0
for i = 1, limit do ran = ran + 1 limit = 5 end
print(ran, limit)
local step = { v = 1 }
local function advance(x) if x > 50 then step.v = 2.5 end return x + step.v end
local x = 0
while x < 100 do x = advance(x) end
print(x, math.type(x))
local fs = {}
for i = 1, 100 do
  local acc = 0
  fs[i] = function(n) acc = acc + n return acc end
end
local s = 0
for r = 1, 3 do for i = 1, 100 do s = s + fs[i](i % 2 == 0 and 1 or 0.5) end end
print(s)
local function outer()
  local a, b = 0, 0
  local function inc() a = a + 1 return a end
  local function use() b = b + inc() return b end
  for i = 1, 100 do use() if i == 60 then inc = function() a = a + 0.25 return a end end end
  return a, b
end
print(outer())
local y = 1
local function set(v) y = v end
local r = 0
for i = 1, 100 do r = r + y if i == 50 then set(2) elseif i == 75 then set(0.125) end end
print(r)
