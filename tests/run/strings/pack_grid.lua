-- string.pack, packsize and unpack: all formats, sizes, orders, alignments, and every kind of refusal.
local function hex(s) return (s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
for _, order in ipairs({ "<", ">", "=" }) do
  local row = {}
  for _, f in ipairs({ "b", "B", "h", "H", "i1", "i2", "i3", "i7", "i8", "I4", "i", "I", "l", "L", "j", "J", "T", "f", "d", "n", "i16" }) do
    local s = string.pack(order .. f, 100)
    row[#row + 1] = f .. "=" .. hex(s)
    assert(string.unpack(order .. f, s) == 100 and #s == string.packsize(order .. f))
  end
  print(order, table.concat(row, " "))
end
for _, v in ipairs({ -1, -128, 127, 255, -32768, 65535, math.mininteger, math.maxinteger }) do
  local row = {}
  for _, f in ipairs({ "<i1", "<I1", "<i2", "<I2", "<i4", "<I4", "<i8", "<i16", ">i3" }) do
    local ok, s = pcall(string.pack, f, v)
    row[#row + 1] = ok and hex(s) or "!"
  end
  print(v, table.concat(row, " "))
end
print(hex(string.pack("z", "abc")), hex(string.pack("s1", "abc")), hex(string.pack(">s2", "abc")), hex(string.pack("<s", "a")), hex(string.pack("c5", "abc")), hex(string.pack("c0", "")))
print(hex(string.pack("!4 b i4", 1, 2)), hex(string.pack("!2 b i4", 1, 2)), hex(string.pack("<!8 b Xi8 b", 1, 2)), hex(string.pack("<b x b xx", 1, 2)), hex(string.pack(">!4 h Xi4 i4 b", 1, 2, 3)))
print(string.unpack("z s1 c2", "abc\0\3defgh")) print(string.unpack("<i2 >i2 =b", "\1\0\0\1\255")) print(string.unpack("<i2", "\1\2\3\4", 3)) print(string.unpack("b", "abc", -1)) print(string.unpack("", "abc"))
print(string.packsize("<!4 b i4 h"), string.packsize("!8 b d"), string.packsize("c10 x i3"), pcall(string.packsize, "z")) print(pcall(string.packsize, "s")) print(pcall(string.packsize, "i17")) print(pcall(string.packsize, ("c2147483647"):rep(2)))
for _, f in ipairs({ "i0", "i17", "!17", "!3 i4", "q", "c", "Xz", "X", "i-1", "s0", "!0", "1", "<>b" }) do print(f, pcall(string.pack, f, 1, 1)) end
for _, c in ipairs({ { "b", 128 }, { "B", -1 }, { "B", 256 }, { "i2", 1 << 15 }, { "b", "x" }, { "b", 1.5 }, { "b" }, { "z", "a\0b" }, { "s1", ("x"):rep(256) }, { "c2", "abc" }, { "d", {} }, { "I3", 1 << 24 } }) do
  print(c[1], pcall(string.pack, table.unpack(c)))
end
for _, c in ipairs({ { "i4", "abc" }, { "z", "abc" }, { "s1", "\5ab" }, { "c4", "abc" }, { "b", "", 1 }, { "b", "a", 3 }, { "b", "a", -5 }, { "<i16", ("\255"):rep(15) .. "\1" }, { "<I9", ("\255"):rep(8) .. "\1" }, { ">i16", ("\255"):rep(16) }, { "i4" } }) do
  print(c[1], pcall(string.unpack, table.unpack(c)))
end
print(string.unpack("<f", string.pack("<f", 1 / 3)), string.unpack("<d", string.pack("<d", 1 / 3)), string.unpack("<f", string.pack("<f", 1e300)), string.unpack("<d", string.pack("<d", -0.0)))
local nan = string.unpack("<d", string.pack("<d", 0 / 0))
print(nan ~= nan, math.type((string.unpack("n", string.pack("n", 3)))), math.type((string.unpack("j", string.pack("j", 3.0)))), (string.unpack("<I8", ("\255"):rep(8))))
local rec = "<i4 z s2 d"
local packed = {}
for i = 1, 100 do packed[i] = string.pack(rec, i, "n" .. i, ("x"):rep(i % 7), i / 4) end
local all, pos, sum = table.concat(packed), 1, 0
while pos <= #all do local i, n, s, d i, n, s, d, pos = string.unpack(rec, all, pos) sum = sum + i + #n + #s + d end
print(#all, sum)
