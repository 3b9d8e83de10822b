-- Field names computed at run time at hot sites, mixed with constant ones.
local names = { "alpha", "beta", "gamma", "delta" }
local o = { alpha = 1, beta = 2, gamma = 3 }
local s, missing = 0, 0
for i = 1, 400 do
  local k = names[i % 4 + 1]
  local v = o[k]
  if v then s = s + v else missing = missing + 1 end
  if i == 200 then o.delta = 100 o.alpha = nil end
end
print(s, missing)
local counts = {}
for i = 1, 300 do
  local k = "k" .. (i % 13)
  counts[k] = (counts[k] or 0) + i
end
local keys = {}
for k in pairs(counts) do keys[#keys + 1] = k end
table.sort(keys)
for _, k in ipairs(keys) do io.write(k, "=", counts[k], " ") end
print()
local obj = {}
for i = 1, 100 do obj["set" .. i % 3] = function(self, v) self.v = (self.v or 0) + v * (i % 3 + 1) end end
for i = 1, 100 do obj["set" .. i % 3](obj, 1) end
print(obj.v)
local m = { add = function(a, b) return a + b end, sub = function(a, b) return a - b end }
local r = 0
for i = 1, 200 do r = m[i % 2 == 0 and "add" or "sub"](r, i) if i == 150 then m.sub = m.add end end
print(r)
