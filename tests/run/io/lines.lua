-- io.lines and file:lines with formats, closing and errors.
local name = os.tmpname()
local f = io.open(name, "w") f:write("one\ntwo\n\nfour 5 6\n") f:close()
for l in io.lines(name) do io.write("[", l, "]") end print()
for l in io.lines(name, "L") do io.write(#l, " ") end print()
for a, b in io.lines(name, 1, 2) do io.write(("%q%q "):format(a, b or "nil"):gsub("\n", "n"), "") end print()
for c in io.lines(name, 4) do io.write(#c, ";") end print()
f = io.open(name)
for l in f:lines() do io.write(l, "|") if l == "two" then break end end
print(f:read("a")) print(io.type(f))
f:close()
f = io.open(name) f:read("l", "l", "l") for w, n in f:lines(5, "n") do print(w, n) end f:close()
print(pcall(io.lines, "/nonexistent/x")) print(pcall(io.lines(name, "x"))) print(pcall(io.lines, {}))
local it = io.lines(name) for i = 1, 5 do it() end print(pcall(it))
local a, b, c, d = io.lines(name) print(type(a), b, c, io.type(d)) d:close() print(pcall(a))
for l in io.lines(name) do break end
f = io.open(name) local g = f:lines() f:close() print(pcall(g)) print(pcall(f.lines, f))
print(pcall(function() for l in io.lines(name, "n") do print(l) end end))
print(select("#", io.lines(name)))
local t = {}
for i = 1, 250 do t[i] = 1 end
print((pcall(io.lines, name, table.unpack(t))))
t[251] = 1
print(pcall(io.lines, name, table.unpack(t)))
os.remove(name)
