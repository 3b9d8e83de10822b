-- utf8.char, utf8.codepoint, charpattern.
local function bytes(s) return table.concat({ s:byte(1, -1) }, " ") end
print(utf8.char(), utf8.char(72, 228, 8364, 128512), bytes(utf8.char(0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000)))
print(bytes(utf8.char(0x10ffff)), bytes(utf8.char(0x7fffffff)), bytes(utf8.char(0)), #utf8.char(0x200000), #utf8.char(0x4000000))
print(utf8.codepoint("häß€😀", 1, -1)) print(utf8.codepoint("abc"))
print(utf8.codepoint("abc", 2)) print(utf8.codepoint("abc", -1))
print(utf8.codepoint("", 1, 0))
print(select("#", utf8.codepoint("abc", 3, 2)))
for _, c in ipairs { { "\xff" }, { "\xc3" }, { "ä", 2 }, { "abc", 4 }, { "abc", 1, 4 }, { "abc", 0 }, { "\xed\xa0\x80" }, { "\xf4\x90\x80\x80" }, { "\xc0\x80" }, { "\xe0\x80\x80" } } do
  print(pcall(utf8.codepoint, table.unpack(c)))
end
print(utf8.codepoint("\xed\xa0\x80", 1, 1, true), utf8.codepoint("\xf4\x90\x80\x80", 1, 1, true), utf8.codepoint("\u{7FFFFFFF}", 1, 1, true))
print(pcall(utf8.char, -1)) print(pcall(utf8.char, 0x80000000))
print(pcall(utf8.char, "x")) print(pcall(utf8.char, 1.5))
print(pcall(utf8.codepoint)) print(pcall(utf8.codepoint, "a", "b"))
print(bytes(utf8.charpattern), #utf8.charpattern)
for c in ("aä€😀z"):gmatch(utf8.charpattern) do io.write(#c, " ") end print()
print((("aä€"):gsub(utf8.charpattern, function(c) return "<" .. utf8.codepoint(c) .. ">" end)))
