-- Loops left by break, goto, return, error and yield after they became hot.
local function brk(n, at)
  local s = 0
  for i = 1, n do s = s + i if i == at then break end end
  return s
end
for i = 1, 60 do brk(20, i % 25) end
print(brk(1000, 500), brk(10))
local function ret(n, at)
  for i = 1, n do for j = 1, 5 do if i * j == at then return i, j end end end
  return "none"
end
print(ret(100, 400), ret(100, 7), ret(10, 999))
local function gt(n)
  local c = 0
  for i = 1, n do
    for j = 1, n do
      if (i + j) % 7 == 0 then goto next end
      if i * j > 500 then goto done end
      c = c + 1
    end
    ::next::
  end
  ::done::
  return c
end
print(gt(10), gt(60))
local function wh(n)
  local i, s = 0, 0
  while true do
    i = i + 1
    if i > n then return s end
    if i % 2 == 0 then goto c end
    s = s + i
    ::c::
  end
end
print(wh(300))
local function rp(n)
  local i = 0
  repeat local done = i >= n i = i + 1 until done
  return i
end
print(rp(250))
local function nested(n)
  local c = 0
  for i = 1, n do
    local j = 0
    while j < i do
      j = j + 1
      if j == 5 then break end
      repeat c = c + 1 until true
    end
  end
  return c
end
print(nested(50))
local function pr(t)
  local s = 0
  for k, v in pairs(t) do if v > 90 then return "big", s >= 0 end s = s + v end
  return "all", s
end
local t = {}
for i = 1, 50 do t[i] = i end
print(pr(t))
t.x = 100
print((pr(t)))
local function it(n)
  local r = 0
  for a, b in (function(s, c) if c < s then return c + 1, c * 2 end end), n, 0 do
    r = r + a + b
    if r > 1000 then break end
  end
  return r
end
print(it(10), it(100))
local function sw(i)
  if i == 1 then
    return "one"
  elseif i == 2 then
    return "two"
  elseif i == "three" then
    return 3
  else
    return nil, "default"
  end
end
for i = 1, 50 do sw(i % 4) end
print(sw(1), sw(2), sw("three"), sw(4)) print(select("#", sw(9)))
local i = 0
while i < 300 do i = i + 1 if i == 250 then i = i + 0.5 end end
print(i)
for i = 3, 1 do print "no" end
for i = 1, 3 do
  local x <const> = i * 2
  if x == 4 then goto cont end
  io.write(x, " ")
  ::cont::
end
print()
do
  local k = 10
  ::again::
  k = k - 1
  if k > 0 then goto again end
  print(k)
end
