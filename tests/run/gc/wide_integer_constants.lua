-- The same wide integer is made again and again: the cell of an earlier one may be gone.
local function keep(x) return x end
local function churn(n)
  local t = {}
  for i = 1, n do t[i % 10] = { i } end
  collectgarbage()
end
local function use(n)
  local sum = 0
  for i = 1, n do
    local a = keep((1 << 53) - 300)
    churn(20)
    local b = keep((1 << 53) - 300)
    churn(20)
    sum = sum + (a - b) + math.type(b):len()
    local c = math.maxinteger
    churn(10)
    if c - 1 ~= math.maxinteger - 1 then sum = -1000000 end
  end
  return sum
end
print(use(40), keep((1 << 53) - 300), keep(math.mininteger + 1))
for i = 1, 3 do
  churn(100)
  print(keep((1 << 53) - 300), keep((1 << 62) + i))
end
