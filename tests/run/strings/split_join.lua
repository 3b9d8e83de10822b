-- Splitting and joining helpers in several styles give the same pieces.
local function split(s, sep)
  local out, from = {}, 1
  while true do
    local a, b = s:find(sep, from, true)
    if not a then break end
    out[#out + 1] = s:sub(from, a - 1)
    from = b + 1
  end
  out[#out + 1] = s:sub(from)
  return out
end
local function split2(s, sep)
  local out = {}
  for piece in (s .. sep):gmatch("(.-)" .. sep:gsub("%p", "%%%0")) do out[#out + 1] = piece end
  return out
end
for _, c in ipairs { { "a,b,c", "," }, { "", "," }, { ",", "," }, { "a--b--", "--" }, { "no sep", "|" }, { "1.2.3", "." } } do
  local x, y = split(c[1], c[2]), split2(c[1], c[2])
  print(#x, #y, table.concat(x, "/"), table.concat(x, "/") == table.concat(y, "/"))
end
local words = {}
for w in ("  several   spaced words "):gmatch("%S+") do words[#words + 1] = w end
print(#words, table.concat(words, "_"))
print(("key: value"):match("^(%w+):%s*(.+)$"))
local function trim(s) return s:match("^%s*(.-)%s*$") end
print("[" .. trim("  x y  ") .. "]", "[" .. trim("") .. "]", "[" .. trim(" \t\n") .. "]")
