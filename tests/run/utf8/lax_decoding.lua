-- The lax option of the utf8 functions: surrogates and values beyond Unicode.
local s = "\u{D7FF}\u{D800}\u{DFFF}\u{E000}\u{10FFFF}\u{110000}\u{7FFFFFFF}"
print(#s, utf8.len(s), utf8.len(s, 1, -1, true))
local out = {}
for p, c in utf8.codes(s, true) do out[#out + 1] = ("%d:%x"):format(p, c) end
print(table.concat(out, " "))
print(pcall(function() for p, c in utf8.codes(s) do io.write(p, " ") end end))
for _, c in ipairs({ 0xD800, 0xDFFF, 0x110000, 0x1FFFFF, 0x200000, 0x3FFFFFF, 0x4000000, 0x7FFFFFFF }) do
  local e = utf8.char(c)
  local bytes = {}
  for i = 1, #e do bytes[i] = ("%02X"):format(e:byte(i)) end
  print(("%X"):format(c), table.concat(bytes, " "), utf8.len(e), utf8.len(e, 1, -1, true), (utf8.codepoint(e, 1, 1, true)) == c)
  print(pcall(utf8.codepoint, e))
end
print(pcall(utf8.char, 0x80000000)) print(pcall(utf8.char, -1)) print(pcall(utf8.char, 1 << 40))
-- What is wrong even then: overlong forms, lone continuations, truncated sequences.
for _, bad in ipairs({ "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF8\x87\xBF\xBF\xBF", "\xFC\x83\xBF\xBF\xBF\xBF",
  "\xC3", "\xE2\x82", "\xFE", "\xFF", "\xC3\x28", "\xE2\x28\xA1" }) do
  io.write(tostring(utf8.len(bad, 1, -1, true)), ":", select(2, utf8.len(bad, 1, -1, true)), " ", tostring((utf8.len("ok" .. bad))), " ")
end
print()
print(utf8.len(s, 4, 6, true), utf8.len(s, 4), pcall(utf8.codepoint, s, 1, 6)) print(utf8.codepoint(s, 1, 6, true))
-- Offsets do not check what they skip.
for i = 1, 8 do io.write(tostring(utf8.offset(s, i)), " ") end
for i = -1, -7, -1 do io.write(tostring(utf8.offset(s, i)), " ") end
print()
