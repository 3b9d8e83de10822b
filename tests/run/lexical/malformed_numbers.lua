-- Malformed numerals and the token they report.
for _, s in ipairs {
  "1e", "1e+", "0x", "0xg", "0x1p", "1..2", "1.2.3", "3x", "0xep1", "12_3",
  "1e5e5", "0x.p1", "08a", "1 .. 2", "0x1.8", "1e-", ".e1", "0b1", "1i",
} do
  local f, msg = load("return " .. s, "=n")
  print(s, f and f() or msg)
end
