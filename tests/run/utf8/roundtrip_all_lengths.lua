-- Code points at the limits of each encoded length survive encoding and decoding.
local points = { 0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff }
local s = utf8.char(table.unpack(points))
print(#s, utf8.len(s))
local i = 0
for p, c in utf8.codes(s) do
  i = i + 1
  io.write(p, ":", c == points[i] and "ok" or c, " ")
end
print()
for _, c in ipairs { 0xd800, 0xdfff, 0x110000, 0x1fffff, 0x200000, 0x3ffffff, 0x4000000, 0x7fffffff } do
  local e = utf8.char(c)
  print(#e, utf8.len(e), utf8.len(e, 1, -1, true), pcall(utf8.codepoint, e), (pcall(utf8.codepoint, e, 1, 1, true)))
end
local back = { utf8.codepoint(s, 1, -1) }
print(#back, table.concat(back, ","))
for n = 1, utf8.len(s) do io.write(utf8.offset(s, n), " ") end
print(utf8.offset(s, -1), utf8.offset(s, utf8.len(s) + 1), utf8.offset(s, 100))
print(utf8.len("\xF4\x90\x80\x80"), utf8.len("\xC0\x80"), utf8.len("\xE0\x80\x80"), utf8.len("\xFE"))
