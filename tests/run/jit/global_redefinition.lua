-- Globals redefined while hot code that uses them runs.
function helper(x) return x + 1 end
local function loop(n) local s = 0 for i = 1, n do s = s + helper(i) end return s end
print(loop(200))
function helper(x) return x * 2 end
print(loop(200))
local orig = math.abs
local function usemath(n) local s = 0 for i = -n, n do s = s + math.abs(i) end return s end
print(usemath(100)) math.abs = function(x) return 1 end print(usemath(100)) math.abs = orig print(usemath(100))
counter = 0
local function bump(n) for i = 1, n do counter = counter + 1 end end
bump(100)
counter = 0.5
bump(100)
print(counter)
counter = "7"
bump(3)
print(counter)
counter = nil
print(pcall(bump, 1))
limit = 10
local s = 0 for i = 1, 300 do if i == 150 then limit = 20 end s = s + limit end print(s)
local oldprint = print
local n = 0
print = function() n = n + 1 end
for i = 1, 50 do print(i) end
print = oldprint print(n)
g1 = 1
local function sum(k)
  local r = 0
  for i = 1, k do r = r + g1 if i == k // 2 then g1 = g1 + 1 end end
  return r
end
print(sum(100), sum(100), g1)
local oldtostring = tostring
for i = 1, 100 do
  if i == 50 then tostring = function() return "replaced" end end
  local s2 = tostring(i)
  if i == 49 or i == 50 then print(s2) end
end
tostring = oldtostring
_ENV.helper = nil
print(pcall(loop, 3))
_G["helper"] = function() return 5 end
print(loop(4))
rawset(_G, "helper", math.sqrt)
print(loop(4))
