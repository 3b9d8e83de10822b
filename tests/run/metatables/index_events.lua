-- __index as function and as table chain, for reads of absent keys only.
local log = {}
local t = setmetatable({ present = 1 }, { __index = function(t, k) log[#log + 1] = tostring(k) return k .. "?" end })
print(t.present, t.absent, t["x y"], t[1 .. ""], rawget(t, "absent"))
print(table.concat(log, ","))
local base = { a = "base.a", b = "base.b" }
local mid = setmetatable({ b = "mid.b" }, { __index = base })
local top = setmetatable({ c = "top.c" }, { __index = mid })
print(top.a, top.b, top.c, top.d)
base.d = "late" print(top.d)
mid.a = "mid now" print(top.a) mid.a = nil print(top.a)
local arr = setmetatable({}, { __index = function(_, i) return i * i end })
print(arr[3], arr[10], arr[-1], #arr)
local s = setmetatable({}, { __index = string })
print(s.upper("x"), s.len("four"))
local viastr = setmetatable({}, { __index = "a string" })
print(viastr.upper == string.upper, viastr.nope)
print(pcall(function() return setmetatable({}, { __index = 5 }).x end))
print(pcall(function() return setmetatable({}, { __index = true }).field end))
local multi = setmetatable({}, { __index = function() return 1, 2, 3 end })
print(multi.x, (multi.y))
print(top[nil], pcall(function() return (nil)[1] end))
local self_index = {} self_index.__index = self_index self_index.z = 26
print(setmetatable({}, self_index).z)
