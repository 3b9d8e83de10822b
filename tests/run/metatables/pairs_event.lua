-- __pairs, and what ipairs does with __index.
local t = setmetatable({ 1, 2 }, { __pairs = function(t)
  local function it(_, k) k = (k or 0) + 1 if k <= 3 then return k, k * 100 end end
  return it, t, nil, "dropped"
end })
for k, v in pairs(t) do io.write(k, "=", v, " ") end print()
print(select("#", pairs(t)), select("#", pairs({})))
for i, v in ipairs(t) do io.write(i, "=", v, " ") end print()
local prox = setmetatable({}, { __index = function(_, i) if i <= 4 then return i * i end end })
for i, v in ipairs(prox) do io.write(i, "=", v, " ") end print()
local nested = setmetatable({ 10 }, { __index = { [2] = 20, [3] = 30, [5] = 50 } })
for i, v in ipairs(nested) do io.write(i, "=", v, " ") end print()
print(pcall(pairs))
print(pcall(function() for k in pairs(nil) do end end))
print(pcall(function() for k in ipairs(nil) do end end))
print(pcall(ipairs))
local f, s, c = ipairs("abc")
print(type(f), s, c)
print(pcall(function() for i in ipairs(5) do end end))
print(pcall(function() for k in pairs(setmetatable({}, { __pairs = 3 })) do end end))
local n = 0
for k in pairs(setmetatable({}, { __pairs = function() return next, { a = 1, b = 2, c = 3 } end })) do n = n + 1 end
print(n)
local a, b, d = next, { 5 }, nil
print(a(b, d)) print(a(b, 1), pcall(next, {}, "no such key"), pcall(next))
