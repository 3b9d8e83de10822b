-- Hot loops whose values cross between exact integers and floats.
local function mix(n)
  local i, f = 0, 0.0
  for k = 1, n do i = i + k f = f + k if i ~= f then return "differ", k end end
  return i, f
end
print(mix(300))
local function half(n)
  local c = 0
  for i = 1, n do if i / 2 == i // 2 then c = c + 1 end end
  return c
end
print(half(200))
local function tofl(n) local x = n for i = 1, 60 do x = x * 2.0 end return x end
print(tofl(1), math.type(tofl(1)), tofl(3))
local function divs(n)
  local r = {}
  for i = 1, n do local q = n / i if q == math.floor(q) then r[#r + 1] = math.tointeger(q) end end
  return table.concat(r, " ")
end
print(divs(60))
local x = 2^53
for i = 1, 10 do x = x + 1 end
print(string.format("%.0f", x))
local y = 2^53 | 0
for i = 1, 10 do y = y + 1 end
print(y)
for i = 2^53 - 2, 2^53 + 2 do if i > 2^53 - 1 then print(string.format("%.0f", i)) break end end
local keys = {}
for i = 1, 20 do keys[i / 2] = i end
local cnt = 0
for i = 1, 10 do if keys[i] then cnt = cnt + 1 end end
print(cnt)
local function cmp(a, b)
  local r = 0
  for i = 1, 60 do
    if a < b then r = r + 1 end
    if a <= b then r = r + 10 end
    if a == b then r = r + 100 end
    a = a + 1
  end
  return r
end
print(cmp(1, 30.5), cmp(1.0, 30), cmp(math.maxinteger - 70, 2^63), cmp(-2^63, math.mininteger))
local acc = 0
for i = 1, 100 do acc = acc + (i & 1 == 0 and i or i * 1.0) end
print(acc)
for _, v in ipairs { 3, 3.0, -3, -3.0, 0.0, -0.0 } do
  io.write(v // 2, ",", v % 2, ",", v / 2, ",", -v, " ")
end
print()
local function idx(t, n) local s = 0 for i = 1.0, n do s = s + t[i] end return s end
print(idx({ 1, 2, 3, 4 }, 4))
local z = 0
for i = 1, 100 do z = z + 0.1 end
print(z == 10, ("%.15f"):format(z))
local e = 1
local steps = 0
while 1 + e ~= 1 do e = e / 2 steps = steps + 1 end
print(steps, e)
local p = 1
local k = 0
while p > 0 do p = p * 2 k = k + 1 end
print(k, p)
local q = 1.0
k = 0
while q < math.huge do q = q * 2 k = k + 1 end
print(k)
