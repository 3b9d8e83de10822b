-- Programs that build strings: joins, reversals, encoders, templates.
local function join(t, sep)
  local s = ""
  for i, v in ipairs(t) do if i > 1 then s = s .. sep end s = s .. tostring(v) end
  return s
end
print(join({ 1, 2.5, true, "x" }, ", "))
local function rle(s) return (s:gsub("(.)%1*", function(c) end)) end
local function encode(s)
  local out, i = {}, 1
  while i <= #s do
    local c, j = s:sub(i, i), i
    while s:sub(j + 1, j + 1) == c do j = j + 1 end
    out[#out + 1] = (j - i + 1) .. c
    i = j + 1
  end
  return table.concat(out)
end
local function decode(s) return (s:gsub("(%d+)(%D)", function(n, c) return c:rep(tonumber(n)) end)) end
print(encode("aaabccdddd"), decode(encode("aaabccdddd")))
local b64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a << 16 | (b or 0) << 8 | (c or 0)
    for k = 0, 3 do
      if k == 2 and not b or k == 3 and not c then out[#out + 1] = "=" else
        local idx = n >> (18 - 6 * k) & 63
        out[#out + 1] = b64:sub(idx + 1, idx + 1)
      end
    end
  end
  return table.concat(out)
end
print(base64(""), base64("f"), base64("fo"), base64("foo"), base64("Hello, World!"), base64("\0\255\128"))
local function crc32(s)
  local c = 0xffffffff
  for i = 1, #s do c = c ~ s:byte(i) for _ = 1, 8 do c = (c >> 1) ~ (0xedb88320 & -(c & 1)) end end
  return c ~ 0xffffffff
end
print(("%08x %08x"):format(crc32("123456789"), crc32("")))
local function adler(s)
  local a, b = 1, 0
  for i = 1, #s do a = (a + s:byte(i)) % 65521 b = (b + a) % 65521 end
  return b << 16 | a
end
print(adler("Wikipedia"))
local tmpl = "Dear ${name}, you owe ${amount}${unit}."
print((tmpl:gsub("%${(%w+)}", { name = "Ann", amount = 3.50, unit = "EUR" })))
local s = "" for i = 1, 300 do s = s .. string.char(97 + i % 26) end print(#s, s:sub(1, 30))
local function palindrome(x) x = x:lower():gsub("%A", "") return x == x:reverse() end
print(palindrome("A man, a plan, a canal: Panama"), palindrome("no"))
local count = {}
for w in ("a b a c b a"):gmatch("%a") do count[w] = (count[w] or 0) + 1 end
print(count.a, count.b, count.c)
local hexs = ("Lua"):gsub(".", function(c) return ("%02X"):format(c:byte()) end)
print(hexs, (hexs:gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end)))
