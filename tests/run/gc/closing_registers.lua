-- The register of a generic loop's closing value is a plain temporary elsewhere in the function.
local V = {}
V.__add = function(a, b) return setmetatable({ x = a.x + b.x }, V) end
V.__mul = function(a, s) return setmetatable({ x = a.x * s }, V) end
local function vec(x) return setmetatable({ x = x }, V) end
local function run(n)
  local f, keep = vec(0.5), {}
  for i = 1, n do f = f * 1.5 + vec(i) end
  for i = 1, n do
    local v = vec(i) + vec(1)
    if i % 5 == 0 then keep[#keep + 1] = v end
  end
  local sum = 0
  while sum < 40 do
    sum = (vec(sum) + vec(7)).x
    if sum % 3 == 0 then collectgarbage("step") end
  end
  for _, v in ipairs(keep) do sum = sum + v.x end
  for _, v in pairs({ f }) do sum = sum + math.floor(v.x) end
  return sum
end
for i = 1, 6 do
  print(run(i * 5))
  collectgarbage()
end
