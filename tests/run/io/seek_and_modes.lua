-- Opening modes, seeking, reading and writing by turns, and what each mode refuses.
local name = os.tmpname()
local function content() local f = assert(io.open(name, "rb")) local s = f:read("a") f:close() return (("%q"):format(s)) end
local function clean(s) return (tostring(s):gsub(name:gsub("%p", "%%%0"), "FILE")) end
local f = assert(io.open(name, "w"))
print(f:write("hello", 1, 2.5, " world\n") == f, f:seek(), f:seek("cur", -3), f:seek("set"), f:seek("end"))
print(f:read("a")) print(f:close(), io.type(f), content())
f = io.open(name, "r")
print(f:write("x")) print(f:read(5), f:seek("cur"), f:read(1), f:seek("set", 2), f:read("l"), f:read("l"), f:read("a"), f:read("a"), f:read("n"))
f:close()
f = io.open(name, "a")
f:write("more") print(f:seek()) f:seek("set") f:write("END") f:close() print(content())
f = io.open(name, "r+")
f:write("HE") f:seek("set", 5) f:write("[]") f:seek("set") print(f:read("a")) f:close() print(content())
f = io.open(name, "w+")
f:write("line 1\nline 2\n") f:seek("set") print(f:read("L"), f:read("l"), f:read("l")) f:close() print(content())
f = io.open(name, "a+")
print(f:read(4)) f:write("tail") f:seek("set", 0) print(f:read("a")) f:close()
for _, mode in ipairs({ "rw", "x", "", "r++", "rb+", "+r", "wb", "ab+", "r+b", "br" }) do
  local ok, h = pcall(io.open, name, mode)
  print(mode, ok, ok and io.type(h) or h)
  if ok then h:close() end
end
print(clean(select(2, io.open(name .. "/none")))) print(select(3, io.open("/no/such/dir/file", "w")), clean(select(2, io.open("/no/such/dir/file", "w"))))
f = io.open(name, "w+")
print(f:seek("set", -1)) print(pcall(f.seek, f, "middle")) print(pcall(f.seek, f, "set", 1.5)) print(f:seek("set", 10), f:seek("end"))
f:write("far") print(f:seek("end")) f:close() print(content())
print(f, pcall(f.read, f)) print(pcall(f.write, f, "x")) print(pcall(io.close, f)) print(io.type(f), io.type(5), io.type(io.stdin))
os.remove(name)
