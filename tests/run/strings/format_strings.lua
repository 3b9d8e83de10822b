-- %s, %q, %p? and malformed conversions.
local f = string.format
print(f("%s|%10s|%-10s|%.2s|%5.1s|%-5.1s|", "str", "str", "str", "str", "str", "str"))
print(f("%s %s %s %s", nil, true, 12, 1.5), f("%s", "a\0b") == "a\0b", f("%.3s", "héllo"):len())
print(f("%q", 'a "quoted"\n\t\\ \0 \r \127 \200x'))
print(f("%q %q %q %q", 1, -5, math.mininteger, math.maxinteger))
print(f("%q %q %q %q %q", 1.5, 0.1, 1e100, 1 / 0, -1 / 0), f("%q", 0 / 0))
print(f("%q %q %q", nil, true, false), f("%q", 3.0), f("%q", "\0001"), f("%q", "\1\0019"))
print(pcall(f, "%q", {}))
print(pcall(f, "%q", print) == false)
print(pcall(f, "%10q", "x"))
print(pcall(f, "%.3q", "x"))
for _, s in ipairs { "%y", "%", "%10", "%-", "%.", "%l", "%ld", "%#s", "%0s", "%+s", "%123d", "%.123d", "%  d", "%--d", "%5%", "%#d", "%0c", "%.3c", "%w", "%v", "%u", "%n", "%F", "%-+ #0d" } do
  print(s, pcall(f, s, 65))
end
print(pcall(f, "%s"))
print(pcall(f))
print(pcall(f, {}))
print(f("no args"), f(""), f("%s%s", 1, 2, 3), f("%5s|%-5s|", 1, 2))
for _, v in ipairs { 'x\ny', 1.5, -0.0, 2^63, math.mininteger, 1 / 3 } do
  print(load("return " .. f("%q", v))() == v)
end
print(#f("%s", ("x"):rep(2000)), #f("%.5s", ("x"):rep(2000)), pcall(f, "%10.3s|", "a\0b"))
print(f("%p", 1), f("%p", nil), f("%p", "x") ~= "(null)", (function(a, b) return f("%p", a) ~= f("%p", b) end)({}, {}), f("%10p|", true))
