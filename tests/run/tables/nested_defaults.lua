-- Tables that grow on access through __index, and counting with them.
local function auto() return setmetatable({}, { __index = function(t, k) local v = auto() t[k] = v return v end }) end
local auto2
auto2 = function()
  return setmetatable({}, { __index = function(t, k) local v = auto2() rawset(t, k, v) return v end })
end
local t = auto2()
t.a.b.c = 1
t.a.b.d = 2
t.x[1][2][3] = "deep"
print(t.a.b.c, t.a.b.d, t.x[1][2][3], rawget(t, "zzz"))
print(pcall(function() return type(auto().q) end))
local counts = setmetatable({}, { __index = function() return 0 end })
for w in ("the cat the dog the end cat"):gmatch("%a+") do counts[w] = counts[w] + 1 end
print(counts.the, counts.cat, counts.dog, counts.none, rawget(counts, "none"))
local sq = setmetatable({}, { __index = function(t, n) t[n] = n * n return t[n] end })
local s = 0
for r = 1, 3 do for i = 1, 50 do s = s + sq[i] end end
print(s, #sq)
local hist = setmetatable({}, { __index = function() return 0 end, __newindex = function(t, k, v) rawset(t, k, v) end })
for i = 1, 100 do hist[i * i % 7] = hist[i * i % 7] + 1 end
local out = {}
for i = 0, 6 do out[#out + 1] = i .. ":" .. hist[i] end
print(table.concat(out, " "))
