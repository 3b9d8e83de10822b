-- table.sort: sizes, patterns of input, comparators, stability that is not promised, and errors.
local function check(t, lt)
  lt = lt or function(a, b) return a < b end
  for i = 2, #t do if lt(t[i], t[i - 1]) then return false end end
  return true
end
local makers = {
  ascending = function(i) return i end, descending = function(i, n) return n - i end, equal = function() return 1 end, sawtooth = function(i) return i % 7 end,
  pipe = function(i, n) return math.abs(i - n // 2) end, scrambled = function(i) return i * 7919 % 1009 end, halves = function(i) return (i * 31 % 17) / 2 end,
  mixed = function(i) return i % 2 == 0 and i or i + 0.5 end, wide = function(i) return (i * 0x9e3779b97f4a7c15) end, words = function(i) return ("w" .. i * 37 % 101) end,
}
local names = {}
for k in pairs(makers) do names[#names + 1] = k end
table.sort(names)
for _, name in ipairs(names) do
  local good = 0
  for _, n in ipairs({ 0, 1, 2, 3, 4, 5, 10, 31, 100, 150 }) do
    local t, sum = {}, 0
    for i = 1, n do t[i] = makers[name](i, n) sum = sum + #tostring(t[i]) end
    table.sort(t)
    for i = 1, n do sum = sum - #tostring(t[i]) end
    if check(t) and sum == 0 and #t == n then good = good + 1 end
    local gt = function(a, b) return a > b end
    table.sort(t, gt)
    if check(t, gt) then good = good + 1 end
  end
  print(name, good)
end
-- Sorting by keys, by several keys, of records, case-insensitively, by length.
local people = { { n = "Bob", a = 30 }, { n = "alice", a = 25 }, { n = "Carol", a = 30 }, { n = "dave", a = 25 }, { n = "Eve", a = 35 } }
local function list() local o = {} for i, p in ipairs(people) do o[i] = p.n end return table.concat(o, " ") end
table.sort(people, function(x, y) if x.a ~= y.a then return x.a < y.a end return x.n:lower() < y.n:lower() end) print(list())
table.sort(people, function(x, y) return x.n < y.n end) print(list())
table.sort(people, function(x, y) return x.n:lower() > y.n:lower() end) print(list())
table.sort(people, function(x, y) if #x.n ~= #y.n then return #x.n < #y.n end return x.n < y.n end) print(list())
-- Comparators with other results than booleans; objects with __lt; only a part of a table (by __len).
local t = { 3, 1, 2 }
table.sort(t, function(a, b) return a < b and "yes" or nil end) print(table.concat(t, " "))
local mt = { __lt = function(a, b) return a.v < b.v end }
local objs = {}
for i = 1, 20 do objs[i] = setmetatable({ v = i * 13 % 23 }, mt) end
table.sort(objs) local ordered = true for i = 2, 20 do ordered = ordered and objs[i - 1].v <= objs[i].v end print(ordered)
local part = setmetatable({ 5, 4, 3, 2, 1 }, { __len = function() return 3 end })
table.sort(part) print(part[1], part[2], part[3], part[4], part[5])
-- Errors: values that cannot be compared, holes, comparators that raise or are inconsistent, too large tables.
print(pcall(table.sort, { 1, "x" })) print(pcall(table.sort, { {}, {} })) print(pcall(table.sort, { true, false })) print(pcall(table.sort, { 3, 2, nil, 1 }, function(a, b) return a < b end) ~= nil)
print(pcall(table.sort, { 1, 2, 3 }, 5)) print(pcall(table.sort, { 1, 2, 3 }, "x")) print(pcall(table.sort, { 1 }, function() error("not called") end)) print(pcall(table.sort, { 2, 1 }, function() error("raised", 0) end))
print(pcall(table.sort, setmetatable({}, { __len = function() return math.maxinteger end }))) print(pcall(table.sort, { 1, 2, 3 }, nil)) print(select("#", table.sort({})))
local always = {} for i = 1, 100 do always[i] = i end
local ok, e = pcall(table.sort, always, function() return true end) print(ok, e)
