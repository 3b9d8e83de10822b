-- A divisor becomes zero in a hot loop: an error for integers, infinities and NaN for floats.
local function quotient(n, at, zero)
  local s, i = 0, 0
  local ok, e = pcall(function()
    for k = 1, n do
      i = k
      local d = 3
      if k == at then d = zero end
      s = s + k // d
    end
  end)
  return ok, e, i, s
end
local function remainder(n, at, zero)
  local s, i = 0, 0
  local ok, e = pcall(function()
    for k = 1, n do
      i = k
      local d = 3
      if k == at then d = zero end
      s = s + k % d
    end
  end)
  return ok, e, i, s
end
for _, z in ipairs({ 0, "0", 1 - 1 }) do print(quotient(400, 350, z)) print(remainder(400, 350, z)) end
for _, z in ipairs({ 0.0, -0.0 }) do
  local ok, _, i, s = quotient(400, 350, z)
  print(ok, i, s)
  ok, _, i, s = remainder(400, 350, z)
  print(ok, i, s ~= s)
end
print(quotient(400, 401, 0)) print(remainder(400, 1, 0))

-- Constant zero as a divisor, reached only late; and a division whose result nobody uses.
local function constant(n) for i = 1, n do if i > 300 then local _ = i // 0 end end return "no error" end
print(constant(300), pcall(constant, 301))
local function unused(n, d) for i = 1, n do local _ = 7 % (d - i) end return "passed" end
print(unused(300, 301), pcall(unused, 300, 300))
local function masked(n, d) local r for i = 1, n do r = pcall(function() return i // (i % d) end) end return r end
print(masked(300, 7), masked(300, 300), masked(301, 300))

-- Loops that catch the error and go on, with counts of each outcome.
local good, zero, kinds = 0, 0, {}
for i = -200, 200 do
  local ok, v = pcall(function() return 100 // (i // 10) end)
  if ok then good = good + 1 kinds[v] = (kinds[v] or 0) + 1 else zero = zero + 1 end
end
print(good, zero, kinds[-5], kinds[5], kinds[100])

-- Float division never fails; its results steer the loop.
local pos, neg, nans = 0, 0, 0
for i = -300, 300 do
  local v = i / (i % 3)
  if v ~= v then nans = nans + 1 elseif v == 1 / 0 then pos = pos + 1 elseif v == -1 / 0 then neg = neg + 1 end
end
print(pos, neg, nans)
local a, b = 1, 0
local steps = 0
while a / b ~= 1 do b = b + 1 a = a + (b < 250 and 0.5 or -0.25) steps = steps + 1 if steps > 2000 then break end end
print(steps, a, b)
print(0 // 1, pcall(function() return 0 // 0 end))
print(0.0 // 0 ~= 0.0 // 0, 1 // 0.0, -1 // 0.0, 1 % math.huge, -1 % math.huge)
-- The error position is the line of the operator.
print(pcall(function()
  local t = { 5, 4, 3, 2, 1, 0 }
  local s = 0
  for r = 1, 100 do
    for i = 1, #t do
      if r < 100 or i < 6 then s = s + 1 else
        s = s
          +
          10 // t[i]
      end
    end
  end
end))
