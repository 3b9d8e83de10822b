-- string.pack/unpack of integers in all sizes and endiannesses.
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
for _, fm in ipairs { "b", "B", "h", "H", "i", "I", "l", "L", "j", "J", "T", "i1", "i3", "I7", "i8", "i16", "I16" } do
  for _, e in ipairs { "<", ">" } do
    local s = string.pack(e .. fm, 100)
    io.write(e, fm, " ", hex(s), " ", string.unpack(e .. fm, s), "\n")
  end
end
print(hex(string.pack("<i4", -2)), string.unpack("<i4", string.pack("<i4", -2)), hex(string.pack(">i3", -2)), string.unpack(">I3", string.pack(">i3", -2)))
print(hex(string.pack("<i16", -1)), string.unpack("<i16", string.pack("<i16", -5)), string.unpack("<I16", string.pack("<I16", 5)))
print(pcall(string.pack, "b", 128)) print(pcall(string.pack, "b", -129))
print(pcall(string.pack, "B", 256)) print(pcall(string.pack, "B", -1))
print(pcall(string.pack, "i2", 32768)) print(pcall(string.pack, "I2", 65536)) print(pcall(string.pack, "I1", -1))
print(pcall(string.pack, "i0", 1)) print(pcall(string.pack, "i17", 1)) print(pcall(string.pack, "i99999999999", 1))
print(pcall(string.unpack, "<i9", ("\255"):rep(8) .. "\1")) print(pcall(string.unpack, "<I9", ("\0"):rep(8) .. "\1"))
print(pcall(string.unpack, "i4", "abc"))
print(pcall(string.unpack, "i4", "abcd", 2))
print(pcall(string.pack, "i4", "x"))
print(pcall(string.pack, "i4", 1.5))
print(string.unpack("<i2 i2 i2", string.pack("<i2i2i2", 1, -2, 3)))
print(hex(string.pack("<i8", math.mininteger)), string.unpack("<i8", string.pack("<i8", math.mininteger)))
print(string.unpack("B", "abc", 2), string.unpack("B", "abc", -1), pcall(string.unpack, "B", "abc", 4), pcall(string.unpack, "B", "abc", 5), pcall(string.unpack, "B", "abc", -4))
