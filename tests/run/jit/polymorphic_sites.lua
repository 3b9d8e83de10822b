-- One call site and one arithmetic site see many kinds of operands.
local function apply(f, a, b) return f(a, b) end
local fs = { function(a, b) return a + b end, function(a, b) return a .. b end, math.max, function(a)
  return a
end, setmetatable({}, { __call = function(_, a, b) return a - b end }), function(...)
  return select("#", ...)
end, rawequal }
local out = {}
for i = 1, 140 do local r = apply(fs[i % #fs + 1], i, 2) if i > 126 then out[#out + 1] = tostring(r) end end
print(table.concat(out, " "))
local V = setmetatable({}, { __add = function(a, b) return "meta" end })
local function add(a, b) return a + b end
local pairs_ = { { 1, 2 }, { 1.5, 2 }, { "3", 4 }, { V, 1 }, { 1, V }, { 2^53, 1 }, { math.maxinteger, 1 } }
for r = 1, 30 do for i, p in ipairs(pairs_) do out[i] = tostring(add(p[1], p[2])) end end
print(table.concat(out, " ", 1, #pairs_))
local function cmp(a, b) return a < b end
local cs = { { 1, 2 }, { 1, 1.5 }, { "a", "b" }, { 2.5, 2 }, { "b", "a" }, { math.maxinteger, 2^63 } }
local n = 0
for r = 1, 40 do for _, p in ipairs(cs) do if cmp(p[1], p[2]) then n = n + 1 end end end
print(n, pcall(cmp, 1, "x"), pcall(cmp, {}, {}))
local function len(x) return #x end
n = 0
for r = 1, 40 do
  n = n + len("abc") + len({ 1, 2 }) + len(setmetatable({}, { __len = function() return 10 end }))
end
print(n)
local function idx(o, k) return o[k] end
n = 0
for i = 1, 60 do
  n = n + idx({ i, x = 1 }, i % 2 == 0 and 1 or "x") + #idx("str", "rep")("x", 2) + idx({ [1.5] = 3 }, 1.5)
end
print(n)
