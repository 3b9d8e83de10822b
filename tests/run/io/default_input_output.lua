-- io.input, io.output, io.read, io.write and io.lines with default files that change.
local a, b = os.tmpname(), os.tmpname()
local stdin, stdout = io.input(), io.output()
print(stdin == io.stdin, stdout == io.stdout)
local out = io.output(a)
io.write("1 2.5 0x10\n", "second line\n", "third")
print(io.output() == out, io.type(out))
io.output(stdout)
print(io.type(out), out:seek("cur"))
out:close()
io.input(a)
print(io.read("n", "n", "n", "l", "L", "a")) print(io.read("a"), io.read("l"), io.read("n")) print(io.read(0), io.input() == stdin)
io.close(io.input())
print(pcall(io.read)) print(pcall(io.lines))
io.input(stdin)
-- A handle as the argument; errors for files that do not exist; lines of the default input.
local f = assert(io.open(a))
io.input(f)
local t = {}
for l in io.lines() do t[#t + 1] = #l end
print(table.concat(t, " "), io.type(f)) f:close() io.input(stdin)
print((select(2, pcall(io.input, "/no/such/file")))) print((select(2, pcall(io.output, "/no/dir/file"))))
t = {}
for l in io.lines(a, "L") do t[#t + 1] = l end
print(#t, t[1], t[3])
for x, y in io.lines(a, "n", 1) do print(x, ("%q"):format(y)) break end
print(pcall(io.lines(a, "x"))) print(pcall(io.lines(a, {})))
print(pcall(function() for _ in io.lines(a) do error("stop", 0) end end))
-- Writing errors and results; print goes to standard output whatever the default is.
io.output(b)
print "to standard output"
print(io.write() == io.output(), pcall(io.write, {})) print(pcall(io.write, nil)) print(io.write("x", 1, 2.0, "\n") == io.output())
io.close()
print(pcall(io.write, "y"))
io.output(stdout)
for l in io.lines(b) do print(l) end
io.write("a", 1, " ", 1.5, " ", -0.0, "\n")
print(io.stdout:write("direct\n") == io.stdout, io.type(io.stderr))
print(os.remove(a), os.remove(b), (os.remove(a)))
