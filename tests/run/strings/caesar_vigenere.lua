-- Byte arithmetic on strings: ciphers, checksums, run lengths.
local function shift(s, k)
  return (s:gsub("%a", function(c)
    local base = c:find("%l") and 97 or 65
    return string.char((c:byte() - base + k) % 26 + base)
  end))
end
local msg = "The Quick Brown Fox, 42!"
print(shift(msg, 3), shift(shift(msg, 3), -3) == msg, shift(msg, 13))
local function vigenere(s, key, dir)
  local i = 0
  return (s:gsub("%l", function(c)
    i = i + 1
    local k = key:byte((i - 1) % #key + 1) - 97
    return string.char((c:byte() - 97 + dir * k) % 26 + 97)
  end))
end
local enc = vigenere("attackatdawn", "lemon", 1)
print(enc, vigenere(enc, "lemon", -1))
local function fletcher(s)
  local a, b = 0, 0
  for i = 1, #s do
    a = (a + s:byte(i)) % 255
    b = (b + a) % 255
  end
  return b << 8 | a
end
print(fletcher("abcde"), fletcher("abcdef"), fletcher(""))
local function luhn(s)
  local sum, alt = 0, false
  for i = #s, 1, -1 do
    local d = s:byte(i) - 48
    if alt then d = d * 2 if d > 9 then d = d - 9 end end
    sum, alt = sum + d, not alt
  end
  return sum % 10 == 0
end
print(luhn("79927398713"), luhn("79927398710"))
