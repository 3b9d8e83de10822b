-- Arbitrary-precision arithmetic on arrays of digits.
local B = 10000000 local mt = {} mt.__index = mt
local function new(n)
  local r = setmetatable({}, mt)
  if type(n) == "string" then
    for i = #n, 1, -7 do r[#r + 1] = tonumber(n:sub(math.max(1, i - 6), i)) end
    return r
  end
  repeat r[#r + 1] = n % B n = n // B until n == 0
  return r
end
function mt.__add(a, b)
  local r, c = setmetatable({}, mt), 0
  for i = 1, math.max(#a, #b) do local s = (a[i] or 0) + (b[i] or 0) + c r[i] = s % B c = s // B end
  if c > 0 then r[#r + 1] = c end
  return r
end
function mt.__mul(a, b)
  if type(b) == "number" then b = new(b) end
  local r = setmetatable({}, mt)
  for i = 1, #a + #b do r[i] = 0 end
  for i = 1, #a do
    local c = 0
    for j = 1, #b do local v = r[i + j - 1] + a[i] * b[j] + c r[i + j - 1] = v % B c = v // B end
    r[i + #b] = r[i + #b] + c
  end
  while #r > 1 and r[#r] == 0 do r[#r] = nil end
  return r
end
function mt.__tostring(a)
  local o = { tostring(a[#a]) }
  for i = #a - 1, 1, -1 do o[#o + 1] = ("%07d"):format(a[i]) end
  return table.concat(o)
end
function mt.__eq(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do if a[i] ~= b[i] then return false end end
  return true
end
function mt.__lt(a, b)
  if #a ~= #b then return #a < #b end
  for i = #a, 1, -1 do if a[i] ~= b[i] then return a[i] < b[i] end end
  return false
end
function mt.__pow(a, n)
  local r = new(1)
  while n > 0 do if n % 2 == 1 then r = r * a end a = a * a n = n // 2 end
  return r
end
local f = new(1)
for i = 1, 50 do f = f * i end
print(f)
local a, b = new(0), new(1)
for i = 1, 200 do a, b = b, a + b end
print(a) print(new(2) ^ 200)
print(new("123456789012345678901234567890") * new("987654321098765432109876543210"))
print(new(5) == new("5"), new(5) < new("50000000000"), new("99999999999999") + new(1) == new("100000000000000"))
local digits = 0 for d in tostring(new(3) ^ 300):gmatch("%d") do digits = digits + d end print(digits)
