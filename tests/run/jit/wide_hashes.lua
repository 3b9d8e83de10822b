-- Hash functions and generators that need all 64 bits of the integers they multiply.
local function fnv1a(s)
  local h = 0xcbf29ce484222325
  for i = 1, #s do h = (h ~ s:byte(i)) * 0x100000001b3 end
  return h
end
print(("%x %x %x"):format(fnv1a(""), fnv1a("a"), fnv1a("foobar")))
print(("%x"):format(fnv1a(("The quick brown fox. "):rep(20))))

local function xorshift(seed, n)
  local x, ones = seed, 0
  for _ = 1, n do
    x = x ~ (x << 13)
    x = x ~ (x >> 7)
    x = x ~ (x << 17)
    if x < 0 then ones = ones + 1 end
  end
  return x, ones
end
print(xorshift(88172645463325252, 500)) print(xorshift(1, 500)) print(xorshift(-1, 500)) print(xorshift(0, 500))

local function lcg(x, n)
  local low = 0
  for _ = 1, n do
    x = x * 6364136223846793005 + 1442695040888963407
    low = low + (x >> 33) % 10
  end
  return x, low
end
print(lcg(42, 500)) print(lcg(math.mininteger, 300))

local function splitmix(state)
  return function()
    state = state + 0x9e3779b97f4a7c15
    local z = state
    z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
    z = (z ~ (z >> 27)) * 0x94d049bb133111eb
    return z ~ (z >> 31)
  end
end
local next_number, buckets = splitmix(1234567), {}
for i = 0, 7 do buckets[i] = 0 end
for _ = 1, 800 do
  local b = next_number() >> 61
  buckets[b] = buckets[b] + 1
end
print(table.concat(buckets, " ", 0, 7), next_number())

-- 32-bit arithmetic by masks: values stay small but the intermediate ones do not.
local function djb2(s)
  local h = 5381
  for i = 1, #s do h = (h * 33 + s:byte(i)) & 0xffffffff end
  return h
end
print(djb2(("hello world "):rep(40)))
local function adler32(s)
  local a, b = 1, 0
  for i = 1, #s do
    a = (a + s:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b << 16 | a
end
print(adler32(("Wikipedia"):rep(50)))
local function crc32(s)
  local c = 0xffffffff
  for i = 1, #s do
    c = c ~ s:byte(i)
    for _ = 1, 8 do c = c >> 1 ~ (0xedb88320 & -(c & 1)) end
  end
  return c ~ 0xffffffff
end
print(("%08x %08x"):format(crc32("123456789"), crc32(("abc"):rep(60))))
