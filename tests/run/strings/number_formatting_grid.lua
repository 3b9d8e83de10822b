-- %g, %e, %f, %a across magnitudes; tostring of the same values.
for _, v in ipairs { 0, 1, -1, 0.1, 123456, 1234567, 1e15, 1e16, 1e17, 1e-4, 1e-5, 2^31, 2^53, 1 / 3, 1e100, -1e-100 } do
  print(v, ("%g|%.3g|%10.4g|%e|%.0e|%f|%.1f|%a"):format(v, v, v, v, v, v, v, v))
end
for _, f in ipairs { "%5d|", "%-5d|", "%05d|", "%+5d|", "% 5d|", "%5.3d|", "%-+6.2d|" } do
  io.write(f:format(42), f:format(-42), f:format(0))
end
print()
for _, f in ipairs { "%8.3f|", "%-8.3f|", "%08.3f|", "%+.0f|", "%#.0f|", "%#x|", "%#o|" } do
  io.write(pcall(string.format, f, 3) and f:format(3) or "error|")
end
print()
print(("%5s|%-5s|%.2s|%5.1s|"):format("abc", "abc", "abc", "abc"))
print(("%c%c%c"):format(0x4c, 0x75, 0x61), ("%i"):format(3.0), ("%u"):format(7))
print(("%q"):format(1 / 3), ("%q"):format(math.mininteger), ("%q"):format("a\nb\0c\r"))
