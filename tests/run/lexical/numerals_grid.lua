-- Numerals: decimal and hexadecimal, integer and float, with every part present or absent.
local ints = { "0", "1", "007", "42", "9223372036854775807", "9223372036854775808", "1e2", "0x0", "0xA", "0Xa", "0xffffffffffffffff", "0x1ffffffffffffffff" }
local fracs = { "", ".", ".0", ".5", ".25" }
local exps = { "", "e0", "e1", "E+2", "e-2", "e309", "e-400" }
for _, i in ipairs(ints) do
  for _, f in ipairs(fracs) do
    if not (i:find "[xX]" and (f == ".25")) then
      local row = {}
      for _, e in ipairs(exps) do
        local text = i:find "[xX]" and i .. f .. e:gsub("[eE]", "p") or i .. f .. e
        local chunk = load("return " .. text)
        local v = chunk and chunk()
        row[#row + 1] = chunk and tostring(v) .. math.type(v):sub(1, 1) or "!"
      end
      print(i .. f, table.concat(row, " "))
    end
  end
end
-- What follows a numeral; two dots; operators without spaces.
for _, s in ipairs({ "1..2", "1 ..2", "1. .. 2", "1...", "3x", "0xg", "0x", "1e", "1e+", "0x1p", "1_0", "08", "1-1", "1--1", "2^-1", "-2^2", "1e5e5", "0x1.8.1", "3and 4",
  "0xand 1", "1or 2", ".e1", "0x.p1", "0x.1", ".1.", "1//2", "7//2.0", "1~=1", "0xep1", "0xE+1" }) do
  local f, e = load("return " .. s, "=n")
  print(s, f and f() or e)
end
print(0xA, 0Xa, 0x.1, 0x1p4, 0x.8P1, 1e-2, 3., .5, 0x1.8p1, 1e1, 100 // 1e1, 0x7fffffffffffffff + 1 == math.mininteger)
print(-9223372036854775808, -9223372036854775808 == math.mininteger, math.type(-9223372036854775808), 9223372036854775807 + 0)
