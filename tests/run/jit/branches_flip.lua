-- Branches that go one way for long and then the other.
local function classify(x)
  if x < 100 then return "low"
  elseif x < 200 then return "mid"
  elseif x == nil then return "nil"
  else return "high" end
end
local c = {}
for i = 1, 300 do
  local k = classify(i)
  c[k] = (c[k] or 0) + 1
end
print(c.low, c.mid, c.high)
print(pcall(classify, nil), classify(150.5), classify(math.huge), pcall(classify, "x"))
local function f(t)
  local n = 0
  for i = 1, #t do
    local v = t[i]
    if v then
      if type(v) == "number" then n = n + v else n = n + #v end
    else
      n = n - 1
    end
  end
  return n
end
local t = {}
for i = 1, 200 do t[i] = i end
print(f(t))
t[100] = false
t[150] = "four"
t[151] = { 1, 2 }
print(f(t), pcall(f, { print }))
local function loop(flag)
  local s = 0
  for i = 1, 200 do
    if flag then s = s + 1 else s = s - 1 end
    if i == 100 then flag = not flag end
  end
  return s
end
print(loop(true), loop(false), loop(nil), loop(0))
local function short(a, b, c) return a and b or c end
for i = 1, 100 do short(true, i, 0) end
print(short(nil, 1, 2), short(true, nil, 3), short(false, false, false), short(0, "", nil))
