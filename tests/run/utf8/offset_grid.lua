-- utf8.offset and utf8.len over all positions of a short string.
local s = "aé漢🙂z"
local function cell(ok, v) if ok then return tostring(v) end return v:match("continuation") and "c" or v:match("out of bounds") and "o" or "?" end
for n = -6, 6 do
  local row = {}
  for i = -(#s + 1), #s + 2 do row[#row + 1] = cell(pcall(utf8.offset, s, n, i)) end
  print(n, table.concat(row, " "))
end
for i = -(#s + 1), #s + 2 do
  local row = {}
  for j = -3, #s + 1, 2 do
    local ok, v, at = pcall(utf8.len, s, i, j)
    row[#row + 1] = ok and tostring(v) .. (at and "@" .. at or "") or cell(ok, v)
  end
  print(i, table.concat(row, " "))
end
print(utf8.offset("", 0), utf8.offset("", 1), utf8.offset("", 2), utf8.offset("", -1), utf8.offset("", 1, 1))
print(utf8.offset(s, 1), utf8.offset(s, 5), utf8.offset(s, 6), utf8.offset(s, 7), utf8.offset(s, -5), utf8.offset(s, -6))
print(pcall(utf8.offset, s, 1.5)) print(pcall(utf8.offset, s, "2")) print(utf8.offset(s, 2.0, 1.0))
print(pcall(utf8.codepoint, s, 3)) print(utf8.codepoint(s, -1)) print(utf8.codepoint(s, 1, 3)) print(pcall(utf8.codepoint, s, 1, 100))
