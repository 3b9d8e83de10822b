-- Many functions are compiled, used for a while and dropped, while coroutines wait inside of the code of others.
local function body(i)
  return ("local a, b = ... local s = %d for k = 1, 12 do s = s + a * k - b if s > 1e6 then s = s - 1e6 end end return s"):format(i)
end
local function waiting(i)
  return ("local wait, n = ... local s = 0 for k = 1, 60 do s = s + k * %d if k %% 6 == 0 then wait(s) end end return s"):format(i)
end
local kept, sum = {}, 0
for i = 1, 260 do
  local f = load(body(i))
  for r = 1, 4 do
    sum = (sum + f(i, r)) % 1000003
  end
  if i % 13 == 0 then
    local g = load(waiting(i))
    local co = coroutine.wrap(function() return g(coroutine.yield) end)
    for r = 1, 3 do co() end
    kept[#kept + 1] = co
  end
  if #kept > 6 then
    local co = table.remove(kept, 1)
    for r = 1, 8 do sum = (sum + co()) % 1000003 end
    collectgarbage()
  end
  if i % 40 == 0 then
    print(i, sum)
  end
end
for _, co in ipairs(kept) do
  for r = 1, 8 do sum = (sum + co()) % 1000003 end
end
print(sum)

-- A function that is dropped while it runs.
local holder = {}
holder.f = load("local holder = ... local s = 0 for i = 1, 50 do s = s + i if i == 20 then holder.f = nil collectgarbage() end end return s")
print(holder.f(holder), holder.f)
-- One that leaves its code again and again.
local f = load("local x = ... for i = 1, 8 do x = x + 1 end return x")
for i = 1, 40 do
  print(i % 5 == 0 and f(i + 0.5) or i % 7 == 0 and f(math.maxinteger - 4) or f(i))
end
