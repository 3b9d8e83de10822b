-- Shifts by amounts of every size and sign, constant and variable, in hot loops.
local function left(x, from, to) local r = 0 for s = from, to do r = r ~ (x << s) end return r end
local function right(x, from, to) local r = 0 for s = from, to do r = r ~ (x >> s) end return r end
for _, x in ipairs({ 1, -1, 0x123456789abcdef0, math.mininteger, math.maxinteger, 1 << 47 }) do
  print(("%x %x %x %x"):format(left(x, -200, 200), right(x, -200, 200), left(x, 0, 63), right(x, 0, 63)))
end
local function by(n, at, amount)
  local x, k = 0, 3
  for i = 1, n do
    if i == at then k = amount end
    x = x ~ (i << k) ~ (i >> k)
  end
  return x
end
for _, k in ipairs({ 0, 1, 62, 63, 64, 65, -1, -62, -63, -64, -65, 1000, -1000, math.maxinteger, math.mininteger }) do
  print(k, by(400, 200, k))
end
print(by(400, 200, 5.0), pcall(by, 400, 200, 2.5)) print(pcall(by, 400, 200, 2^63)) print(pcall(by, 400, 200, nil))

-- Constant amounts.
local function constants(n)
  local r = 0
  for i = -n, n do
    r = r * 31 + (i << 0) + (i >> 0) + (i << 1) + (i >> 1) + (i << 63) + (i >> 63) + (i << 64) + (i >> 64)
    r = r * 31 + (i << -1) + (i >> -1) + (i << -63) + (i >> -63) + (i << -64) + (i >> -64) + (i >> 100)
    r = r * 31 + (1 << i) + (1 >> i) + (-1 << i) + (-1 >> i)
  end
  return r
end
print(constants(200))

-- Rotations, arithmetic shifts and bit counts written with logical shifts.
local function rotl(x, n) n = n & 63 return (x << n) | (x >> (64 - n)) end
local function sar(x, n) return x >> n | ~(-1 >> n) * (x >> 63) end
local x, y = 0x0123456789abcdef, math.mininteger
for i = 1, 300 do x = rotl(x, i) y = y ~ sar(x, i % 64) end
print(("%x %x"):format(x, y))
local function popcount(v) local c = 0 while v ~= 0 do c = c + (v & 1) v = v >> 1 end return c end
local total = 0
for i = -10, 10 do total = total + popcount(i) end
print(total)
local ones = 0
for i = 0, 300 do ones = ones + popcount((1 << i) - 1) end
print(ones)

-- Floats and strings of integers as operands, mid-loop.
local acc = 0
for i = 1, 300 do
  local v, s = i, 2
  if i == 150 then v = 150.0 elseif i == 200 then s = 4.0 end
  acc = acc ~ (v << s) ~ (v >> (s - 1)) & ~(v | s)
end
print(acc)
print(pcall(function() for i = 1, 300 do acc = acc + (i << (i == 250 and 0.1 or 1)) end end)) print(acc)
