-- Numerals read from strings by tonumber: blanks, signs, rejects.
for _, s in ipairs {
  "10", " 10 ", "\t\n10\r\v\f", "-10", "+10", "- 10", "--10", "0x10", "-0x10",
  "1e1", "0x1p4", ".5", "5.", ".", "", " ", "e1", "1e", "inf", "nan", "0x",
  "1 2", "1_000", "10a", "0xffffffffffffffff", "9223372036854775808",
  "-9223372036854775808", "1e400", "0x.8", "1.5e+3", "\0", "1\0", "  -7.25  ",
} do
  print((string.format("%q", s):gsub("\n", "n")), tonumber(s), math.type(tonumber(s) or 0))
end
