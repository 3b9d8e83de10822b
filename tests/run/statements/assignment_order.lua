-- Multiple assignment: all expressions are evaluated before any assignment.
local i, a = 1, {}
i, a[i] = i + 1, 20
print(i, a[1], a[2])
local x, y, z = 1, 2
print(x, y, z)
x, y = y, x
print(x, y)
x, y, z = y
print(x, y, z)
local function three() return 1, 2, 3 end
local p, q, r, s = three()
print(p, q, r, s)
p, q, r, s = 0, three()
print(p, q, r, s)
p, q, r, s = three(), 10
print(p, q, r, s)
p, q = (three())
print(p, q)
local t = { 1, 2, 3 }
t[1], t[2], t[3] = t[3], t[1], t[2]
print(t[1], t[2], t[3])
local n = { v = 1 }
local m = n
n.v, n = 2, { v = 3 }
print(m.v, n.v)
do local t = { 1 } ; local j = 1; j, t[j], t[j + 1] = 5, "one", "two"; print(j, t[1], t[2]) end
