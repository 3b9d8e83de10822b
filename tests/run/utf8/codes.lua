-- utf8.codes iteration and its errors.
for p, c in utf8.codes("aä€😀") do io.write(p, "=", c, " ") end print()
for p, c in utf8.codes("") do print "never" end
for p, c in utf8.codes("\0a\0") do io.write(p, "=", c, " ") end print()
for _, bad in ipairs { "ab\xff", "\x80", "a\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "ok\xc3(" } do
  print(pcall(function() for p, c in utf8.codes(bad) do io.write(p, ":", c, " ") end end))
end
for p, c in utf8.codes("\xed\xa0\x80\u{7fffffff}", true) do io.write(p, "=", c, " ") end print()
print(pcall(utf8.codes)) print(pcall(utf8.codes, nil))
local f, str, init = utf8.codes("xy") print(type(f), str, init, f(str, init), f(str, 1), f(str, 2))
local n = 0 for _ in utf8.codes(("€"):rep(300)) do n = n + 1 end print(n)
local up = {}
for _, c in utf8.codes("naïve café") do up[#up + 1] = c < 128 and string.char(c):upper() or utf8.char(c) end
print(table.concat(up))
local widths = {} for p in utf8.codes("aé漢😀") do widths[#widths + 1] = p end print(table.concat(widths, ","))
print(("x"):rep(3, "é"), ("é"):upper() == "é", ("漢字"):len(), utf8.len("漢字"))
