-- and, or, not and comparisons produce values of changing kinds that steer hot loops.
local function pick(a, b, c) return a and b or c end
local vals = { nil, false, 0, "", 0.0, true, {} }
local tally = {}
for i = 1, 700 do
  local v = vals[i % 7 + 1]
  local r = pick(v, "then", "else")
  tally[r] = (tally[r] or 0) + 1
  r = pick(v, nil, i)
  if r == i then tally.third = (tally.third or 0) + 1 end
  r = pick(v, false, "f")
  tally[r] = (tally[r] or 0) + 1
end
print(tally["then"], tally["else"], tally.third, tally.f)
local function chain(a, b, c, d) return a or b or c or d, a and b and c and d, not a == b, not (a and b) or c end
local t, f, n, o = 0, 0, 0, 0
for i = 1, 800 do
  local a, b, c, d = i % 2 == 0, i % 3 == 0 or nil, i % 5 ~= 0 and i, i % 7 == 0 and "s"
  for k = 1, 4 do
    local v = select(k, chain(a, b, c, d))
    if v == true then t = t + 1 elseif v == false then f = f + 1 elseif v == nil then n = n + 1 else o = o + 1 end
  end
end
print(t, f, n, o)

-- A boolean accumulator becomes a number and nil; flags that are set once.
local flag, first, flips = false, nil, 0
for i = 1, 600 do
  local was = flag
  flag = flag or i == 300
  first = first or (flag and i)
  if was ~= flag then flips = flips + 1 end
  if i == 400 then flag = 0 elseif i == 500 then flag = nil end
end
print(flag, first, flips)

-- Comparisons as values, with operands of several kinds.
local eq, ne = 0, 0
local things = { 1, 1.0, "1", true, false, print, "1" }
for i = 1, 490 do
  local x, y = things[i % 7 + 1], things[i // 7 % 7 + 1]
  local e = x == y
  local d = x ~= y
  if e then eq = eq + 1 end
  if d then ne = ne + 1 end
  if e == d then print("both", x, y) end
end
print(eq, ne)

-- nil and false in tables, as arguments, as loop values and as results.
local holes = {}
for i = 1, 300 do holes[i] = i % 3 ~= 0 and i or i % 2 == 0 and false or nil end
local nils, falses, others = 0, 0, 0
for i = 1, 300 do
  local v = holes[i]
  if v == nil then nils = nils + 1 elseif not v then falses = falses + 1 else others = others + 1 end
end
print(nils, falses, others)
local function maybe(i)
  if i % 4 == 0 then return nil elseif i % 4 == 1 then return false elseif i % 4 == 2 then return end
  return i
end
local counts = { 0, 0, 0, 0 }
for i = 1, 400 do
  local v = maybe(i)
  local c = select("#", maybe(i))
  counts[v == nil and c + 1 or v == false and 3 or 4] = counts[v == nil and c + 1 or v == false and 3 or 4] + 1
end
print(table.concat(counts, " "))

-- Short circuits skip calls and errors; conditions on 0, "" and NaN are true.
local called = 0
local function never() called = called + 1 error("evaluated") end
for i = 1, 300 do
  local _ = i < 0 and never()
  _ = i > 0 or never()
  _ = not i and never().x
  if nil and never() or false then never() end
end
local truths = 0
for i = 1, 300 do if 0 and "" and 0 / 0 and {} and -0.0 then truths = truths + 1 end end
print(called, truths, not 0, not nil, not not "", nil == false)
local x
for i = 1, 500 do x = not x if i == 499 then x = nil end end
print(x)
