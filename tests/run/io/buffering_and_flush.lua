-- setvbuf, flush, and two handles on one file: what has been written is there when it must be.
local name = os.tmpname()
local w, r = assert(io.open(name, "w")), assert(io.open(name, "r"))
print(w:setvbuf("full", 1024), w:setvbuf("line"), w:setvbuf("no"), pcall(w.setvbuf, w, "some"))
w:write("unbuffered") print(r:read("a"))
w:close()
w = assert(io.open(name, "a"))
print(w:setvbuf("full", 4096))
w:write(" buffered") print(r:read("a") == "" or "early") print(w:flush() == w, r:read("a"))
for i = 1, 2000 do w:write(i, ",") end
w:flush() local s = r:read("a") print(#s, s:sub(1, 10), s:sub(-5))
w:write("at close") w:close() print(r:read("a")) r:close()
print(pcall(w.flush, w)) print(pcall(w.setvbuf, w, "no")) print(pcall(io.flush))
-- Reading sees what the same handle wrote, after a seek.
local f = io.open(name, "w+")
for i = 1, 300 do f:write("row ", i, "\n") end
f:seek("set", 0)
local rows, sum = 0, 0
for line in f:lines() do rows = rows + 1 sum = sum + tonumber(line:match("%d+")) end
print(rows, sum, f:seek("cur") == f:seek("end"))
f:seek("set", 4) print(f:read("n"), f:read("n"), f:read("l"), f:read("l")) f:close()
-- Long lines and blocks across buffer boundaries.
f = io.open(name, "wb")
local unit = ("0123456789"):rep(500)
for i = 1, 5 do f:write(unit, i % 2 == 0 and "\r\n" or "\n") end
f:close()
f = io.open(name, "rb")
local lens = {}
for l in f:lines() do lens[#lens + 1] = #l end
print(table.concat(lens, " ")) f:seek("set", 4990) print(f:read(20) == "0123456789\n012345678", f:read(0), #f:read(10000), #f:read(100000), f:read(0), f:read(1))
f:close()
print(pcall(io.lines, "/no/such/file")) print(select("#", io.lines(name))) 
local n = 0
for a, b in io.lines(name, 1, 3) do n = n + #a + #(b or "") end
print(n)
os.remove(name)
