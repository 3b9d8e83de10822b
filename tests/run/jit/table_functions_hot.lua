-- table.insert, remove, concat, unpack, move and sort in hot loops, with tables that change under them.
local q = {}
for i = 1, 600 do
  table.insert(q, i)
  if i % 3 == 0 then table.insert(q, 1, -i) end
  if i % 4 == 0 then table.remove(q, 1) end
  if i % 5 == 0 then table.remove(q) end
end
print(#q, q[1], q[#q], q[#q // 2])
local order = {}
for i = 1, 60 do table.insert(order, i // 2 + 1, i) end
print(table.concat(order, " ", 1, 12), #order)
while #order > 3 do table.remove(order, #order // 2 + 1) end
print(table.concat(order, " "))

-- Positions at and beyond the ends; wrong numbers of arguments after right ones.
print(pcall(function() local t = {} for i = 1, 300 do table.insert(t, i < 300 and i or i + 2, i) end end))
local function inserts(...)
  local t = {}
  for i = 1, 300 do if i < 300 then table.insert(t, i) else table.insert(t, ...) end end
end
print(pcall(inserts)) print(pcall(inserts, 1, 2, 3)) print(pcall(inserts, "x", 1))
print(pcall(function() local t = { 1, 2, 3 } for i = 1, 300 do table.remove(t, i < 300 and #t + 1 or 7) end end))
local empty, got = {}, 0
for i = 1, 300 do if table.remove(empty) == nil and table.remove(empty, #empty) == nil then got = got + 1 end end
print(got, #empty)

-- The functions honour metamethods: a logging proxy takes the place of a plain table in the middle.
local function proxy(t)
  local reads, writes = 0, 0
  return setmetatable({}, {
    __len = function() return #t end,
    __index = function(_, k) reads = reads + 1 return t[k] end,
    __newindex = function(_, k, v) writes = writes + 1 t[k] = v end,
  }), function() return reads, writes end
end
local plain = {}
local p, stats = proxy(plain)
for i = 1, 400 do
  local t = i <= 200 and plain or p
  table.insert(t, i)
  if i % 10 == 0 then table.remove(t, 1) end
end
print(#plain, plain[1], plain[#plain], stats())
print(table.concat(p, ",", 1, 5), select("#", table.unpack(p, 1, 10)), stats())
table.move(p, 1, 5, 3) print(table.concat(plain, ",", 1, 8), stats())
table.sort(p, function(a, b) return a > b end) print(plain[1], plain[#plain])

-- concat and unpack of parts whose kinds change; numbers keep their form.
local parts, total = { 1, 2.5, "x", -0.0, 1e100 }, 0
for i = 1, 300 do
  parts[1] = i % 2 == 0 and i or i / 4
  total = total + #table.concat(parts, i % 3 == 0 and ", " or "")
end
print(total, table.concat(parts, "|"))
parts[3] = {} print(pcall(function() for i = 1, 300 do table.concat(parts, ",", i < 300 and 4 or 1) end end))
local sum = 0
for i = 1, 300 do
  local a, b, c = table.unpack({ i, i * 2, nil, 4 }, 1 + i % 2, 3 + i % 2)
  sum = sum + a + (b or 0) + (c or 100)
end
print(sum)

-- Sorting in a loop: numbers, strings, then a comparator that is replaced, and one that raises.
local checks = 0
for r = 1, 20 do
  local t = {}
  for i = 1, 30 do t[i] = (i * r * 17) % 31 end
  if r % 2 == 0 then table.sort(t) else table.sort(t, function(a, b) return a > b end) end
  for i = 2, 30 do
    if r % 2 == 0 and t[i - 1] <= t[i] or r % 2 == 1 and t[i - 1] >= t[i] then checks = checks + 1 end
  end
end
print(checks)
local compared = 0
local function four(a, b)
  compared = compared + 1
  if compared == 4 then error("enough", 0) end
  return a < b
end
print(pcall(table.sort, { 5, 4, 3, 2, 1 }, four))
print(pcall(table.sort, { 3, "x", 1 })) print(pcall(table.sort, { 1, 2, 3, 0 / 0 }) ~= nil, compared)
local packed = 0
for i = 1, 300 do local t = table.pack(table.unpack({}, 1, i % 5)) packed = packed + t.n + #table.pack(i, i) end
print(packed)
