-- Table accesses whose key alternates between kinds at one site.
local t = { 10, 20, 30, x = 1, [1.5] = 2, [true] = 3 }
local keys = { 1, "x", 1.5, true, 2.0, 3, "nope", false, 4 }
local function get(k) return t[k] end
local s, miss = 0, 0
for r = 1, 40 do
  for _, k in ipairs(keys) do local v = get(k) if v then s = s + v else miss = miss + 1 end end
end
print(s, miss)
local function set(o, k, v) o[k] = v end
local o = {}
for r = 1, 20 do for i, k in ipairs(keys) do set(o, k, i * r) end end
local n = 0
for _, v in pairs(o) do n = n + v end
print(n, o[2], o[2.0], o[1], o.x, #o)
print(pcall(set, o, nil, 1), pcall(set, o, 0 / 0, 1))
for i = 1, 50 do set(o, i, i) end
for i = 1, 50 do set(o, i + 0.0, -i) end
print(o[7], o[50], #o)
local k2 = { {}, {}, print, coroutine.create(print), io.stdout }
local m = {}
for r = 1, 20 do for i, k in ipairs(k2) do m[k] = (m[k] or 0) + i end end
s = 0
for i, k in ipairs(k2) do s = s * 10 + m[k] // 20 end
print(s)
local name = "dyn"
for i = 1, 60 do o[name .. i % 3] = i end
print(o.dyn0, o.dyn1, o.dyn2)
local str = {}
for i = 1, 100 do str["k" .. i % 10] = (str["k" .. i % 10] or 0) + 1 end
print(str.k0, str.k9)
local f = {}
for i = 0, 50 do f[i / 2] = i end
n = 0
for k, v in pairs(f) do if math.type(k) == "integer" then n = n + v end end
print(n, f[0], f[0.5], f[25])
local neg = {}
for i = -20, 20 do neg[i] = i end
n = 0
for i = -20, 20 do n = n + neg[i] * neg[i] end
print(n, #neg)
local big = {}
for i = 1, 60 do big[1 << i] = i end
n = 0
for i = 1, 60 do n = n + big[2^i] end
print(n)
