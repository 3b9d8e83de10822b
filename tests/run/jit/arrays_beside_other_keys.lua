-- Arrays of tables that have other keys too, arrays with gaps, arrays that are filled in unusual orders.
local function census(t)
  local count, sum, text = 0, 0, 0
  for k, v in pairs(t) do
    count = count + 1
    if math.type(k) == "integer" then sum = sum + k * (v == true and 1 or v) else text = text + #tostring(k) end
  end
  return count, sum, text
end

local function zero_based(n)
  local t = { [0] = 5 }
  for i = 1, n do t[i] = t[i - 1] + i end
  return t
end
for _ = 1, 30 do zero_based(100) end
local t = zero_based(300) print(#t, t[0], t[300], census(t))

-- What comes after the end is there already.
local function ahead(n)
  local t = {}
  for i = n, n // 2, -1 do t[i] = i end
  t[-1], t.x, t[0.5] = 1, 2, 3
  for i = 1, n // 2 - 1 do t[i] = i end
  return t
end
for _ = 1, 30 do ahead(60) end
t = ahead(200) print(#t, census(t)) t[201] = 1 t[202] = 2 print(#t)
t = { [3] = 3, [5] = 5, [4] = 4 } t[1] = 1 print(#t) t[2] = 2 print(#t) t[6] = 6 print(#t, census(t))

-- Gaps: stores near behind the end and far behind it.
local function gaps(n, by)
  local t = {}
  for i = 1, n, by do t[i] = i end
  local missing = 0
  for i = 1, n do if t[i] == nil then missing = missing + 1 end end
  for i = 2, n, 3 do t[i] = -i end
  for i = n, 1, -5 do t[i] = nil end
  return missing, census(t)
end
for _, by in ipairs { 1, 2, 3, 7, 15, 16, 17, 18, 40, 1000 } do
  for _ = 1, 5 do gaps(400, by) end
  print(by, gaps(400, by))
end
local function links(n)
  local heads, chain = {}, {}
  for i = 1, n do
    local h = i * i % 97
    chain[i], heads[h] = heads[h], i
  end
  local length = 0
  for _, at in pairs(heads) do while at do length, at = length + 1, chain[at] end end
  return length, census(chain)
end
for _ = 1, 10 do links(200) end
print(links(1000))

-- Elements come and go at the end, with gaps before it.
local function stack(n)
  local t, sum = {}, 0
  for i = 1, n do
    t[#t + 1] = i
    if i % 3 == 0 then sum = sum + table.remove(t) end
    if i % 7 == 0 then table.insert(t, i * 2) end
    if i % 50 == 0 then for j = #t, #t - 10, -1 do t[j] = nil end end
  end
  return #t, sum, census(t)
end
for _ = 1, 10 do stack(100) end
print(stack(1000))
local function inserted(n, value)
  local t = { name = "x", [0] = 0 }
  for i = 1, n do table.insert(t, i % 10 == 0 and value or i) end
  return #t, census(t)
end
for _ = 1, 20 do inserted(50, 1) end
print(inserted(200, 1)) print(inserted(45, 2.0)) print(inserted(20, true))

-- A gap that is filled, with the next keys in the other part.
t = {}
t[1], t[2], t[30], t[31], t[3] = 1, 2, 30, 31, 3
for i = 4, 29 do t[i] = i end
print(#t, census(t))
for i = #t, 1, -1 do t[i] = nil end
print(next(t), #t)

-- Weak tables, and tables with metatables, take the same ways.
local weak = setmetatable({ [0] = 1 }, { __mode = "v" })
for i = 1, 200 do weak[i] = i end
print(#weak, census(weak))
local log = 0
local watched = setmetatable({}, { __newindex = function(t, k, v) log = log + 1 rawset(t, k, v) end })
for i = 1, 100 do watched[i * 2 % 101] = i end
print(log, census(watched))
