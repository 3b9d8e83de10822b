-- MessagePack: packing and unpacking every type, and a round trip of generated documents.
local mp = require("MessagePack")
local harness = require("harness")

local function hex(text)
  return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

for _, value in ipairs { 0, 127, 128, 255, 256, 65535, 65536, 0xffffffff, 1 << 40, math.maxinteger, -1, -32, -33, -128, -129,
  -32768, -32769, -(1 << 31) - 1, math.mininteger, 0.5, 1 / 3, 1e300, -1 / 0, true, false, "", "a", ("b"):rep(40), ("c"):rep(300),
  {}, { 1, 2, 3 }, { a = 1 } } do
  local packed = mp.pack(value)
  harness.report(hex(packed:sub(1, 24)), #packed, mp.unpack(packed))
end
harness.try("function", mp.pack, print)
harness.try("short", mp.unpack, mp.pack({ 1, 2, 3 }):sub(1, 2))
harness.try("extra", mp.unpack, mp.pack(1) .. "\0")
harness.try("not a string", mp.unpack, {})
for _, mode in ipairs { "without_hole", "with_hole", "always_as_map" } do
  mp.set_array(mode)
  harness.report(mode, mp.unpack(mp.pack({ 1, nil, 3 })), hex(mp.pack({ 1, 2 })))
end
mp.set_array("without_hole")
for _, mode in ipairs { "float", "double" } do
  mp.set_number(mode)
  print(mode, hex(mp.pack(1.1)), mp.unpack(mp.pack(1.1)))
end
mp.set_number("double")
for _, value in mp.unpacker(mp.pack("one") .. mp.pack(2) .. mp.pack { 3 }) do
  harness.report("stream", value)
end
local total, same = 0, 0
for _, document in ipairs(harness.documents(5, 1500, 6)) do
  local packed = mp.pack(document)
  total = total + #packed
  if harness.show(mp.unpack(packed)) == harness.show(document) then same = same + 1 end
end
print(total, same)
