-- Swaps and rotations through tables, fields and locals in one statement.
local t = { 1, 2, 3, x = { y = { z = 1 } } }
t[1], t[2], t[3] = t[2], t[3], t[1]
print(t[1], t[2], t[3])
t.x.y.z, t.x.y = 5, { z = "new" }
print(t.x.y.z)
local a, b, c = 1, 2, 3
a, b, c = c, a, b
print(a, b, c)
local function f() return 10, 20, 30 end
local r = {}
r.a, r.b, r.c, r.d = f()
print(r.a, r.b, r.c, r.d)
r.a, r.b = f(), 5
print(r.a, r.b)
local i = 1
local arr = { 10, 20, 30 }
i, arr[i] = 3, "set"
print(i, arr[1], arr[3])
local log = {}
local function k(v) log[#log + 1] = v return v end
local o = {}
o[k "k1"], o[k "k2"] = k "v1", k "v2"
print(o.k1, o.k2, #log)
G, H = "g", "h"
G, H = H, G
print(G, H)
G, H = nil
