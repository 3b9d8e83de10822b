-- %d %i %u? %x %X %o %c with flags, width, precision.
local f = string.format
print(f("%d|%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42, 42))
print(f("%d|%5d|%-5d|%05d|%+d|% d", -42, -42, -42, -42, -42, -42))
print(f("%.3d|%8.3d|%-8.3d|%.0d|%.10d", 7, 7, 7, 0, -3))
print(f("%x|%X|%#x|%#X|%08x|%-8x|%.4x", 255, 255, 255, 255, 255, 255, 255))
print(f("%o|%#o|%5o|%i|%i", 8, 8, 8, 5, -5))
print(f("%x|%x|%d|%d", -1, math.mininteger, math.mininteger, math.maxinteger))
print(f("%c%c%c|%5c|%-5c|", 76, 117, 97, 65, 66), #f("%c", 0))
print(f("%d", 3.0), f("%d", "10"), f("%d", "0x10"), f("%x", 15.0), f("%5.1d|", 3))
for _, v in ipairs { 3.5, 2^63, 1 / 0, "x", "3.5", {}, true } do print(pcall(f, "%d", v)) end
print(pcall(f, "%d"))
print(pcall(f, "%d", nil))
print(f("%%"), pcall(f, "%"))
