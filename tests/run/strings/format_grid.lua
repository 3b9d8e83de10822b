-- string.format: every conversion with flags, widths and precisions, and what it refuses.
local flags, widths, precisions = { "", "-", "0", "+", " ", "#" }, { "", "8" }, { "", ".0", ".3" }
for _, conv in ipairs({ "d", "i", "u", "x", "X", "o", "c", "s", "q", "a", "e", "f", "g", "G" }) do
  local row = {}
  for _, fl in ipairs(flags) do
    for _, w in ipairs(widths) do
      for _, p in ipairs(precisions) do
        local ok, r = pcall(string.format, "%" .. fl .. w .. p .. conv, conv == "s" and "text" or conv == "q" and "q" or conv == "a" and 0.5 or 65)
        row[#row + 1] = ok and "[" .. r .. "]" or "-"
      end
    end
  end
  print(conv, table.concat(row, " "))
end
for _, v in ipairs({ 0, -1, 255, math.maxinteger, math.mininteger, 3.0, -0.0, 2^53 }) do
  print(("%d|%5d|%-5d|%05d|%+d|%x|%X|%#x|%o|%i"):format(v, v, v, v, v, v, v, v, v, v))
end
for _, v in ipairs({ 0.0, -0.0, 1 / 3, -1e-10, 123456789.125, 1e100, 1 / 0, -1 / 0, 5e-324 }) do
  print(("%f|%.0f|%10.2f|%e|%.3E|%g|%.10g|%G|%-12g|%+g|% g|%a"):format(v, v, v, v, v, v, v, v, v, v, v, v))
end
for _, bad in ipairs({ "%", "%y", "%5", "%123d", "%.123d", "%--5d", "%#d", "%05s", "%+s", "%.3c", "%0c", "%5q", "%l", "%10.123f", "%1.2.3f", "% s", "%p%", "%ld", "%-", "%*d" }) do
  print(bad, pcall(string.format, bad, 1))
end
print(pcall(string.format, "%d")) print(pcall(string.format, "%d", "x")) print(pcall(string.format, "%d", 1.5)) print(pcall(string.format, "%s %s", 1)) print(pcall(string.format))
print(("%s|%s|%s|%s"):format(nil, true, 12, 1.5), ("%5s|%-5s|%.2s|%5.1s|"):format("abc", "abc", "abc", "abc"), ("%%|%c%c|%s"):format(0x4c, 0x75, "a\0b") == "%|Lu|a\0b")
print(pcall(string.format, "%10s", "a\0b")) print(#("%s"):format(("x"):rep(500)), #("%99.99f"):format(1e30), pcall(string.format, "%.3s", {}) == true)
print(("%p"):format(1), ("%p"):format("s") ~= "(null)", ("%p"):format({}) ~= ("%p"):format({}), ("%10p|"):format(nil), pcall(string.format, "%.3p", {}))
print(("%q"):format("line\nnul\0digit\0001 quote\" back\\ cr\r tab\t\200"), ("%q"):format(255), ("%q"):format(-0.0), ("%q"):format(0.1), ("%q"):format(1 / 0), ("%q"):format(math.mininteger))
print(pcall(string.format, "%q", {})) print(("%q %q %q"):format(nil, true, false), ("%-5c|%5c|"):format(65, 66), ("%s"):format(setmetatable({}, { __tostring = function() return "T" end })))
