-- Word wrapping, justification, tables in plain text, roman numerals, numbers to words.
local text = "The quick brown fox jumps over the lazy dog while the five boxing wizards jump quickly past a sphinx of black quartz."
local function wrap(s, w)
  local lines, cur = {}, ""
  for word in s:gmatch("%S+") do
    if #cur + #word + (cur == "" and 0 or 1) > w then
      lines[#lines + 1] = cur
      cur = word
    else
      cur = cur == "" and word or cur .. " " .. word
    end
  end
  lines[#lines + 1] = cur
  return lines
end
for _, l in ipairs(wrap(text, 30)) do print(("|%-30s|"):format(l)) end
local function justify(l, w)
  local words = {}
  for x in l:gmatch("%S+") do words[#words + 1] = x end
  if #words == 1 then return l end
  local gaps, free = #words - 1, w
  for _, x in ipairs(words) do free = free - #x end
  local out = words[1]
  for i = 2, #words do
    out = out .. (" "):rep(free // gaps + (i - 1 <= free % gaps and 1 or 0)) .. words[i]
  end
  return out
end
for _, l in ipairs(wrap(text, 24)) do print("[" .. justify(l, 24) .. "]") end
local function roman(n)
  local r = ""
  for _, p in ipairs { { 1000, "M" }, { 900, "CM" }, { 500, "D" }, { 400, "CD" }, { 100, "C" }, { 90, "XC" }, { 50, "L" }, { 40, "XL" }, { 10, "X" }, { 9, "IX" }, { 5, "V" }, { 4, "IV" }, { 1, "I" } } do
    while n >= p[1] do r = r .. p[2] n = n - p[1] end
  end
  return r
end
print(roman(1994), roman(2024), roman(3999), roman(4))
local function commas(n)
  local s = tostring(n)
  local k
  repeat s, k = s:gsub("^(-?%d+)(%d%d%d)", "%1,%2") until k == 0
  return s
end
print(commas(1234567), commas(-999), commas(1000), commas(math.maxinteger))
local rows = { { "name", "qty", "price" }, { "apple", 3, 1.5 }, { "watermelon", 12, 30.25 } }
local w = {}
for _, r in ipairs(rows) do for i, c in ipairs(r) do w[i] = math.max(w[i] or 0, #tostring(c)) end end
for _, r in ipairs(rows) do
  local o = {}
  for i, c in ipairs(r) do
    o[i] = type(c) == "number" and ("%" .. w[i] .. "s"):format(c) or ("%-" .. w[i] .. "s"):format(c)
  end
  print(table.concat(o, " | "))
end
print(("%s"):rep(3, "-"):format("a", "b", "c"), ("x"):rep(5, "·"), (("camelCaseToSnake"):gsub("%u", function(c)
  return "_" .. c:lower()
end)), (("snake_to_camel"):gsub("_(%l)", string.upper)))
