-- Closures made in hot loops capture the variables of one turn each.
local function make(n)
  local fs = {}
  for i = 1, n do
    local k = i * 2
    fs[i] = function(d) k = k + (d or 0) i = i + 1 return i, k end
  end
  return fs
end
local fs = make(300)
print(fs[1]()) print(fs[1](5)) print(fs[300]()) print(fs[2]())
local s = 0
for i = 1, 300 do local a, b = fs[i](1) s = s + a * b end
print(s)

-- while, repeat and goto loops: a fresh local by turn, unless it is declared outside.
local ws, rs, gs, outer = {}, {}, {}, 0
local i = 0
while i < 300 do
  i = i + 1
  local v = i
  outer = outer + 1
  ws[i] = function() v = v + 1 outer = outer + 1 return v, outer end
end
print(ws[10]()) print(ws[10]()) print(ws[11]())
repeat
  local v = i
  rs[#rs + 1] = function() return v end
  i = i - 1
until v == 200 or #rs > 1000
print(#rs, rs[1](), rs[#rs](), i)
do
  local n = 0
  ::again::
  local v = n
  gs[#gs + 1] = function() v = v + 1 return v end
  n = n + 1
  if n < 300 then goto again end
end
print(gs[1](), gs[1](), gs[2](), gs[300](), #gs)

-- Only some turns capture; the others must not disturb the captured ones.
local some = {}
for k = 1, 500 do
  local v, w = k, k / 2
  if k % 50 == 0 then some[#some + 1] = function() v = v + w return v end end
  v = v * 1000
  w = w + 1
end
local out = {}
for _, f in ipairs(some) do out[#out + 1] = f() end
print(table.concat(out, " "))

-- Captured in one branch, changed in another after the capture.
local getters = {}
for k = 1, 400 do
  local v = k
  local get
  if k > 395 then get = function() return v end end
  if k % 2 == 0 then v = v + 0.5 end
  getters[#getters + 1] = get
end
print(#getters, getters[1](), getters[2](), getters[5]())

-- Generic loops, nested functions, and a break that leaves with open variables.
local it = {}
for k, v in ipairs({ "a", "b", "c" }) do it[k] = function() v = v .. k return v end end
print(it[1](), it[1](), it[3]())
local found
for k = 1, 1000 do
  local sq = k * k
  local function deeper() return function() sq = sq + 1 return sq, k end end
  if sq > 90000 then found = deeper() break end
end
print(found()) print(found())
-- Sum through closures of all loops at once, after a collection.
collectgarbage()
s = 0
for k = 1, 300 do s = s + ws[k]() + gs[k]() + fs[k]() end
print(s, outer)
