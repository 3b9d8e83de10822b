-- A coroutine's hot loop uses a variable of another coroutine's stack, which the collector may make smaller meanwhile.
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
local sum = 0
local co = coroutine.wrap(function()
  for i = 1, 300 do
    local t = { i }
    if i % 100 == 0 then coroutine.yield({ i }) end
    sum = sum + t[1]
  end
  return "end"
end)
deep(2000)
for _ = 1, 3 do
  local last = co()
  collectgarbage()
  deep(100)
  sum = sum + last[1]
end
print(sum, co())
