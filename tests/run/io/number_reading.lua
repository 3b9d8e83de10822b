-- The format "n": which characters belong to a number, and what is left after a failure.
local name = os.tmpname()
local function try(text)
  local f = assert(io.open(name, "w")) f:write(text) f:close()
  f = io.open(name)
  local out = {}
  for _ = 1, 4 do
    local v = f:read("n")
    out[#out + 1] = tostring(v) .. (v and "/" .. math.type(v):sub(1, 1) or "")
    if v == nil then break end
  end
  print(("%q"):format(text), table.concat(out, " "), ("%q"):format(f:read("a")))
  f:close()
end
for _, s in ipairs({ "1 2 3", "  12\n\t-5", "+7", "--1", "1.5.2", ".5", "5.", ".", "1e5", "1e", "1e+", "1E-2x", "0x1F", "0x", "0xg", "0x.8p2", "0x1p", "0x1p-1",
  "1,2", "12abc", "nan", "inf", "", "   ", "-", "+-1", "9223372036854775807", "9223372036854775808", "1e400", "0x" .. ("f"):rep(20), ("1"):rep(199), ("1"):rep(250) }) do
  try(s)
end
local f = assert(io.open(name, "w"))
for i = 1, 200 do f:write(i, i % 3 == 0 and "\n" or " ", i / 8, "\t") end
f:close()
local sum, n = 0, 0
for a, b in io.lines(name, "n", "n") do sum = sum + a + b n = n + 1 end
print(sum, n)
f = io.open(name) print(f:read("n", "l", "n", 3, "n", "a") ~= nil, f:read("n")) f:close()
f = io.open(name, "w") f:write("12 word 34") f:close()
f = io.open(name) print(f:read("n", "n", "n")) print(f:read("a")) f:close()
os.remove(name)
