-- Reading numerals from a file: valid ones, prefixes of invalid ones, length limit.
local name = os.tmpname()
local function try(s)
  local f = io.open(name, "w") f:write(s) f:close()
  f = io.open(name)
  local n = f:read("n")
  print((("%q"):format(s):gsub("\n", "n")), n, math.type(n), f:read("a"))
  f:close()
end
for _, s in ipairs { "1", " 12 ", "+5", "-5", "- 5", "0x", "0xA", "0xAg", "0x1p4", "0x1p", "1e", "1e5", "1e+", "1e+3x", "1.5.5", ".5", ".", "5.", "..5", "1,2", "abc", "", "  ", "\n\n3", "0x.8", "0x8.", "1e5e5", "9223372036854775808", "12abc", "1e400", "-0x10", "0123", "00" } do
  try(s)
end
try(("1"):rep(199)) try(("1"):rep(250))
os.remove(name)
