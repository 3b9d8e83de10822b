-- Single letters of strings compared where they are taken: in the string, counted from its end, beyond it.
local function count(text, letter)
  local a, x, other = 0, 0, 0
  for i = 1, #text do
    if text:sub(i, i) == "a" then
      a = a + 1
    elseif text:sub(i, i) ~= "x" then
      other = other + 1
    else
      x = x + 1
    end
    if string.sub(text, i, i) == letter then
      other = other + 100
    end
  end
  return a, x, other
end
local text = ("abc xax \0\255a"):rep(5)
for _ = 1, 60 do
  count(text, "b")
end
print(count(text, "b"))
print(count("", "b"))
print(count("aaaa", "a"))

local function at(text, i)
  if text:sub(i, i) == "b" then
    return "b"
  end
  if text:sub(i, i) == "" then
    return "none"
  end
  return text:sub(i, i) == "\0" and "zero" or "other"
end
for i = 1, 200 do
  at("abcab", i % 5 + 1)
end
for i = -7, 7 do
  io.write(at("ab\0ab", i), " ")
end
print()
for _, i in ipairs({ 0, math.maxinteger, math.mininteger, 1 << 47, -(1 << 47), (1 << 48) + 2 }) do
  io.write(at("ab\0ab", i), " ")
end
print(at("ab", 2.0), pcall(at, "ab", 1.5))
print(pcall(at, "ab", "2"), pcall(at, 12, 2), pcall(at, {}, 2), pcall(at, nil, 2))

-- What was taken is needed behind the comparison.
local function kept(text)
  local seen, letter = {}, nil
  for i = 1, #text do
    letter = text:sub(i, i)
    if letter == "-" then
      seen[#seen + 1] = "<" .. letter .. ">"
    else
      local other = text:sub(i, i)
      if other == "a" then
        seen[#seen + 1] = other
      end
    end
  end
  return table.concat(seen), letter
end
for _ = 1, 60 do
  kept("a-b-c-a-")
end
print(kept("a-b-c-a-"), kept("bbb"), kept(""))

-- The function is replaced while the loop runs.
local sub = string.sub
local function replaced(text, at)
  local found = 0
  for i = 1, #text do
    if text:sub(i, i) == "a" then
      found = found + 1
    end
    if i == at then
      string.sub = function() return "a" end
    end
  end
  string.sub = sub
  return found
end
for _ = 1, 60 do
  replaced("abcabc", 0)
end
print(replaced("abcabc", 0), replaced("abcabc", 2), replaced("abcabc", 0))
