-- Characters and substrings of strings by position, inside and outside their bounds, in hot loops.
local s = "The quick brown fox\0\1\255"
local sum, outside = 0, 0
for i = -30, 30 do
  local b = s:byte(i)
  if b then sum = sum + b else outside = outside + 1 end
end
print(sum, outside, #s)
local pieces = 0
for i = -30, 30 do for j = -30, 30, 5 do pieces = pieces * 3 % 1000003 + #s:sub(i, j) end end
print(pieces)
local function bytes(str, from, to, step)
  local h, misses = 0, 0
  for i = from, to, step do
    local b = str:byte(i)
    if b == nil then misses = misses + 1 else h = (h * 257 + b) % 1000000007 end
  end
  return h, misses
end
print(bytes(s, 1, #s, 1)) print(bytes(s, #s, 1, -1)) print(bytes(s, 1, 300, 1)) print(bytes(s, 1.0, 20.0, 1.0))
print(bytes(s, -300, -1, 1)) print(bytes("", 1, 300, 1)) print(bytes(("long "):rep(100), 1, 500, 1))
print(pcall(bytes, s, 1, 10, 0.5)) print(pcall(bytes, 12345, 1, 5, 1)) print(pcall(bytes, nil, 1, 5, 1))
print(pcall(bytes, s, math.maxinteger - 5, math.maxinteger, 1))
print(pcall(bytes, s, math.mininteger, math.mininteger + 5, 1))

-- Reversal, palindromes, run lengths, hex, counting: one character at a time.
local r = ""
for i = #s, 1, -1 do r = r .. s:sub(i, i) end
print(r == s:reverse(), r:byte(1, 3))
local function palindrome(str)
  for i = 1, #str // 2 do if str:byte(i) ~= str:byte(-i) then return false end end
  return true
end
local pals = 0
for i = 1, 700 do if palindrome(tostring(i)) then pals = pals + 1 end end
print(pals)
local function runs(str)
  local out, i = {}, 1
  while i <= #str do
    local j = i
    while str:sub(j + 1, j + 1) == str:sub(i, i) do j = j + 1 if j >= #str then break end end
    out[#out + 1] = str:sub(i, i) .. (j - i + 1)
    i = j + 1
  end
  return table.concat(out)
end
print(runs("aaabccdddd"), runs(""), runs("x"), #runs(("ab"):rep(100)))
local hex = {}
for i = 1, #s do hex[i] = ("%02x"):format(s:byte(i)) end
print(table.concat(hex))
local freq = {}
for i = 1, 400 do
  local c = s:sub(i % #s + 1, i % #s + 1)
  freq[c] = (freq[c] or 0) + 1
end
print(freq[" "], freq.o, freq["\0"], freq["\255"])

-- string.char and string.byte with many values; the string variable changes to another one, then to a number.
local chars, v = 0, "abc"
for i = 1, 600 do
  if i == 200 then v = ("z"):rep(1000) elseif i == 400 then v = 98765 end
  local a, b, c = string.byte(v, 1, 3)
  chars = chars + a + b + c + #string.char(a, b, c) + #string.sub(v, 2, -2)
end
print(chars)
print(pcall(function() for i = 1, 300 do string.char(i) end end))
print(pcall(function() for i = 1, 300 do string.char(299 - i) end end))
print(#string.char(string.byte(("q"):rep(200), 1, -1)), string.byte("abc", 0))
print(string.byte("abc", 10), string.byte("abc", 2, 1))
local digits = 0
for i = 1, 500 do local d = tostring(i * 37) for k = 1, #d do digits = digits + (d:byte(k) - 48) end end
print(digits)
