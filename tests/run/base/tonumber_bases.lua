-- tonumber: every base, spaces, signs, wrap-around, and what is no numeral.
for base = 2, 36 do
  io.write(tostring(tonumber("10", base)), ":", tostring(tonumber("zz", base)), ":", tostring(tonumber("-11", base)), " ")
end
print()
for _, s in ipairs({ "ff", "FF", "Ff", " ff ", "-ff", "- ff", "+ff", "0xff", "f f", "", " ", "ffg", "ff\0", "\tff\n", "1.5", "1e1" }) do
  print(("%q"):format(s), tonumber(s, 16), tonumber(s, 36))
end
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("10000000000000000", 16))
print(tonumber(("1"):rep(63), 2), tonumber(("1"):rep(64), 2), tonumber(("1"):rep(65), 2), tonumber("-1" .. ("0"):rep(63), 2))
print(tonumber("777777777777777777777", 8), tonumber("1777777777777777777777", 8), tonumber("zzzzzzzzzzzzz", 36))
for _, b in ipairs({ 1, 37, 0, -2, 2.0, "10", 10.5, {}, 1 << 40 }) do print(pcall(tonumber, "1", b)) end
for _, v in ipairs({ 10, 10.0, true, {}, print }) do print(pcall(tonumber, v, 10)) end
print(pcall(tonumber, nil, 10)) print(pcall(tonumber)) print(pcall(tonumber, nil)) print(tonumber(false), tonumber({}))

-- Without a base: the forms of the lexer, with spaces and a sign around.
for _, s in ipairs({ "0x", "0x1p4", "0x.8", "0x8.", "0x.p1", "1e", "1e+", "1e5", ".5", "5.", ".", "-.5", "--5", "- 5", "+5", "+-5", "0x-1",
  "inf", "nan", "1_000", "1,5", "0b1", "1f", "0xep1", "1 2", "1\v", "\f1", "1\0", "٣" }) do
  print(("%q"):format(s), tonumber(s))
end
print(tonumber("9223372036854775807"), tonumber("9223372036854775808"), tonumber("-9223372036854775808"))
print(tonumber("-9223372036854775809"), tonumber("0x7fffffffffffffff"), tonumber("0x8000000000000000"), tonumber("0x1ffffffffffffffff"))
print(tonumber(("9"):rep(400)), tonumber("1" .. ("0"):rep(400)), tonumber("0." .. ("0"):rep(400) .. "1"), tonumber("1e-400"))
print(tonumber("0x" .. ("f"):rep(40)), tonumber("0x." .. ("0"):rep(20) .. "1"), tonumber("0x1p-1080"), tonumber("0x1p1080"))
print(math.type(tonumber("3")), math.type(tonumber("3.0")), math.type(tonumber("3e0")), math.type(tonumber("0x3")))
print(tonumber(5), tonumber(5.5), tonumber("5", nil) == nil)
