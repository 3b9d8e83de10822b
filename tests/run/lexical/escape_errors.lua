-- Messages for malformed escapes, as load reports them.
local cases = {
  [["\q"]], [["\300"]], [["\x4"]], [["\xg1"]], [["\u0041"]], [["\u{}"]],
  [["\u{110000000}"]], [["\u{41"]], [["\u{4g}"]], [["abc]], "'abc\ndef'",
  [["\]], [["abc\]] .. "\n", [["\1234" .. "\256"]], [["\2a5\999"]],
}
for i, src in ipairs(cases) do
  local f, msg = load("return " .. src, "=chunk")
  print(i, f, msg)
end
