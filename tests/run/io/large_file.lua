-- Writing and reading a file in many pieces and buffer sizes.
local name = os.tmpname()
local f = assert(io.open(name, "w"))
f:setvbuf("full", 64)
for i = 1, 2000 do f:write(i, i % 100 == 0 and "\n" or " ") end
f:close()
local total, lines = 0, 0
for l in io.lines(name) do
  lines = lines + 1
  for n in l:gmatch("%d+") do total = total + n end
end
print(lines, total)
f = assert(io.open(name))
local sum = 0
while true do
  local n = f:read("n")
  if not n then break end
  sum = sum + n
end
print(sum, f:read("a"))
print(f:seek("set", 0), f:read(10), f:seek("cur"), f:seek("end"))
f:seek("set", 3)
local chunks, size = 0, 0
for c in f:lines(512) do chunks = chunks + 1 size = size + #c end
print(chunks, size)
f:close()
f = assert(io.open(name, "r+"))
f:write("XXXX")
f:seek("end", -5)
print((f:read("a"):gsub("\n", "$")))
f:close()
f = assert(io.open(name))
print(f:read(8))
f:close()
print(os.remove(name), os.remove(name) == nil)
