-- Table constructors of every form.
local function f() return 1, 2, 3 end
local t = { 10, 20; 30, x = "x", ["y z"] = "yz", [100] = "hundred", f() }
print(#t, t[4], t[5], t[6], t.x, t["y z"], t[100])
t = { f(), f() } print(#t)
t = { f(), x = 1 } print(#t)
t = { (f()) } print(#t)
t = { [1] = "a", "b" } print(t[1])
t = { "a", [1] = "b" } print(t[1])
t = { nil, 2 } print(t[1], t[2])
t = { 1, 2, nil } print(#t)
t = { n = nil } print(next(t))
t = { { 1, { 2 } }, { a = { b = { c = 3 } } } } print(t[1][2][1], t[2].a.b.c)
t = { [1.0] = "one", [2^53] = "big", [-1] = "neg", [true] = "bool", [f] = "fn" }
print(t[1], t[2^53 | 0], t[-1], t[true], t[f])
local src = {}
for i = 1, 600 do src[i] = tostring(i) end
local big = load("return {" .. table.concat(src, ",") .. "}")()
print(#big, big[1], big[50], big[51], big[600])
big = load("return {" .. table.concat(src, ",") .. ", ...}")("x", "y")
print(#big, big[601], big[602])
local order = {}
local function o(v) order[#order + 1] = v return v end
local _ = { o "a", [o "k"] = o "v", x = o "c", o "d" }
print(table.concat(order, " "))
t = { f = function(self) return self end } print(t:f() == t)
print(load "return { ; }", #{ 1, 2; })
