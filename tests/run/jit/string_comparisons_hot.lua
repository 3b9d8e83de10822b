-- Comparisons of strings in hot loops: short and long, equal and nearly equal, with zeros and high bytes.
local words = {}
for i = 1, 60 do words[i] = string.char(97 + i * 7 % 26, 97 + i * 11 % 26) .. i end
words[61], words[62], words[63], words[64] = "", "a", "a\0", "a\0b"
words[65], words[66] = "\255", "A"
local function rank(list)
  local lt, le, eq = 0, 0, 0
  for i = 1, #list do
    for j = 1, #list do
      if list[i] < list[j] then lt = lt + i end
      if list[i] <= list[j] then le = le + j end
      if list[i] == list[j] then eq = eq + 1 end
    end
  end
  return lt, le, eq
end
print(rank(words))
table.sort(words)
local shown = {}
for i = 1, #words, 8 do shown[#shown + 1] = ("%q"):format(words[i]) end
print(table.concat(shown, " "))

-- Long strings: equal contents made in different ways are equal, and are one key.
local base = ("long string "):rep(10)
local equal, keys = 0, {}
for i = 1, 300 do
  local s = base .. (i % 3)
  if s == base .. "0" then equal = equal + 1 end
  keys[s] = (keys[s] or 0) + 1
end
print(equal, keys[base .. "0"], keys[base .. "1"], keys[base .. "3"])
local a, b = ("x"):rep(300) .. "a", ("x"):rep(300) .. "b"
local order = 0
for i = 1, 300 do if a < b and not (b < a) and a ~= b and a:sub(1, i) == b:sub(1, i) then order = order + 1 end end
print(order)

-- The operands change their kind: strings, then numbers, then objects, then an error.
local mt = { __lt = function() return true end, __le = function() return false end }
local function compare(x, y, n, at, u, v)
  local lt, le = 0, 0
  for i = 1, n do
    if i == at then x, y = u, v end
    if x < y then lt = lt + 1 end
    if x <= y then le = le + 1 end
  end
  return lt, le
end
print(compare("a", "b", 400, 200, 2, 1)) print(compare("a", "b", 400, 200, "b", "a"))
print(compare(1, 2, 400, 200, "10", "9")) print(compare("a", "b", 400, 200, setmetatable({}, mt), 1))
print(pcall(compare, "a", "b", 400, 200, "a", 1)) print(pcall(compare, "a", "b", 400, 200, 1, "a"))
print(pcall(compare, 1, 2, 400, 200, {}, {})) print(pcall(compare, 1, 2, 400, 200, nil, 1))

-- Dispatch on string constants, and on strings that are built at run time.
local function op(name, x, y)
  if name == "add" then return x + y elseif name == "sub" then return x - y
  elseif name == "mul" then return x * y elseif name ~= "" then return 0 end
  return -1
end
local names, r = { "add", "sub", "mul", "div", "" }, 0
for i = 1, 500 do
  local n = names[i % 5 + 1]
  if i % 2 == 0 then n = n:sub(1, 1) .. n:sub(2) end
  r = r + op(n, i, 2)
end
print(r)
local text, pos, found = "the quick brown fox jumps over the lazy dog ", 1, 0
for _ = 1, 300 do
  if text:sub(pos, pos + 2) == "the" then found = found + 1 end
  pos = pos % #text + 1
end
print(found)
