-- Allocation of many short-lived trees beside one long-lived tree.
local function make(d) if d == 0 then return {} end return { make(d - 1), make(d - 1) } end
local function check(t) if t[1] then return 1 + check(t[1]) + check(t[2]) end return 1 end
local max = 8
print("stretch", check(make(max + 1)))
local long = make(max)
for d = 4, max, 2 do
  local n, sum = 1 << (max - d + 2), 0
  for _ = 1, n do sum = sum + check(make(d)) end
  print(n, d, sum)
end
print("long lived", check(long))
