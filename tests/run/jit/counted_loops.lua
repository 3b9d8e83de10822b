-- Loops whose index says where elements are: lengths that are right, too short, or change; all kinds of steps; several exits.
local function fill(n) local t = {} for i = 1, n do t[i] = i * 3 % 17 end return t end

local function dot(a, b, n)
  local sum = 0
  for i = 1, n do sum = sum + a[i] * b[i] end
  return sum
end
local long, short = fill(300), fill(200)
for i = 1, 30 do
  print(dot(long, short, 200), pcall(dot, long, short, 201))
  if i > 2 then break end
end
for _ = 1, 60 do dot(long, short, 200) end
print(select(2, pcall(dot, long, short, 300)), dot(long, short, 150), dot(long, short, 0), dot(long, short, -5))

local function down(a, n, by)
  local sum = 0
  for i = n, 1, by do sum = sum * 3 % 1000003 + a[i] end
  return sum
end
local function up(a, from, by)
  local sum = 0
  for i = from, #a, by do sum = sum * 3 % 1000003 + a[i] end
  return sum
end
for round = 1, 40 do
  local x = { down(long, 300, -1), down(long, 300, -2), down(long, 299, -3), down(long, 300, -4), down(short, 1, -1) }
  local y = { up(long, 1, 1), up(long, 1, 2), up(long, 2, 3), up(long, 5, 8), up(long, 300, 1), up(long, 301, 1) }
  if round % 20 == 0 then print(table.concat(x, " "), table.concat(y, " ")) end
end
print(pcall(down, short, 201, -1)) print(pcall(up, setmetatable({}, { __len = function() return 5 end }), 1, 1))
print(pcall(up, long, 0, 1), pcall(up, long, -3, 2))

-- Neighbours, of which the first or the last is outside.
local function smooth(a, from, to)
  local sum = 0
  for i = from, to do sum = sum + a[i - 1] + 2 * a[i] + a[i + 1] end
  return sum
end
for _ = 1, 60 do smooth(long, 2, 299) end
print(smooth(long, 2, 299), (pcall(smooth, long, 1, 299)), (pcall(smooth, long, 2, 300)), smooth(long, 5, 4))

-- The array changes its length in the loop: by the loop itself, by what it calls, by another name of the table.
local function shrink(t, at)
  local sum = 0
  for i = 1, #t do
    if i == at then for j = #t, at + 1, -1 do t[j] = nil end end
    sum = sum + (t[i] or 100)
  end
  return sum
end
for _ = 1, 20 do shrink(fill(150), 1000) end
print(shrink(fill(150), 50), shrink(fill(150), 149), shrink(fill(150), 1))
local function cut(t, n) for i = #t, n, -1 do t[i] = nil end end
local function called(t, at)
  local sum = 0
  for i = 1, #t do
    if i == at then cut(t, 20) end
    sum = sum + (t[i] or -1)
  end
  return sum
end
for _ = 1, 20 do called(fill(150), 1000) end
print(called(fill(150), 60), called(fill(150), 10))
local function other(a, b)
  for i = 1, #a do
    b[#b + 1] = a[i]
    if #b > 400 then break end
  end
  return #b
end
for _ = 1, 20 do other(fill(100), {}) end
local same = fill(100) print(other(same, same), #same)

-- Strings: bytes up to the length, beyond it, and from the end.
local function bytes(s, n)
  local sum = 0
  for i = 1, n do sum = sum * 31 % 65521 + s:byte(i) end
  return sum
end
local function palindrome(s)
  for i = 1, #s // 2 do if s:byte(i) ~= s:byte(#s - i + 1) then return false, i end end
  return true
end
local text = ("abcdefgh"):rep(40)
for _ = 1, 60 do bytes(text, #text) palindrome(text .. text:reverse()) end
print(bytes(text, 320), (pcall(bytes, text, 321)), palindrome(text .. text:reverse()), palindrome(text))

-- Early exits: the rest of the range does not exist.
local function find(t, x, n)
  for i = 1, n do if t[i] == x then return i end end
  return "none"
end
for i = 1, 80 do find(long, i % 17, 1000000) end
print(find(long, 5, 1000000), find({ 1, 2, 3 }, 3, math.maxinteger), find({ 1, 2 }, 9, 10))

-- An index and a count that a program keeps itself, which pass each other.
local function own(t, count)
  local i, sum, rounds = 1, 0, 0
  while rounds < 200 do
    rounds = rounds + 1
    sum = sum + (t[i] or 0)
    if count == 0 then break end
    count = count - 1
    i = i + 1
  end
  return sum, count, i
end
for _ = 1, 40 do own(long, 100) end
print(own(long, 100)) print(own(long, -1)) print(own({}, -5))

-- Nested loops over rows of different lengths.
local function triangle(n)
  local rows = {}
  for i = 1, n do
    rows[i] = {}
    for j = 1, i do rows[i][j] = (j == 1 or j == i) and 1 or (rows[i - 1][j - 1] + rows[i - 1][j]) % 10007 end
  end
  local sum = 0
  for i = 1, n do for j = 1, #rows[i] do sum = (sum * 7 + rows[i][j]) % 1000003 end end
  return sum
end
for _ = 1, 3 do print(triangle(60)) end
