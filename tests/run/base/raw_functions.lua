-- rawget, rawset, rawequal, rawlen: arguments, results, and what they bypass.
local log = {}
local t = setmetatable({ 1, 2, 3 }, {
  __index = function(_, k) log[#log + 1] = "get " .. tostring(k) return k end,
  __newindex = function(_, k) log[#log + 1] = "set " .. tostring(k) end,
  __len = function() log[#log + 1] = "len" return 10 end,
  __eq = function() log[#log + 1] = "eq" return true end,
})
print(t.x, rawget(t, "x"), rawget(t, 1), #t, rawlen(t), t == setmetatable({}, getmetatable(t)))
t.y = 1
print(rawget(t, "y"), rawset(t, "y", 2) == t, t.y, rawequal(t, {}), rawequal(t, t))
print(table.concat(log, ", "))
print(rawlen("four"), rawlen(""), rawlen({}), rawlen({ n = 1 }), rawlen({ 1, 2, nil, 4 }) >= 2)
print(rawequal(1, 1.0), rawequal("1", 1), rawequal(nil, false), rawequal("a" .. "b", "ab"), rawequal(0.0, -0.0))
print(rawequal(0 / 0, 0 / 0), rawequal(print, print), rawequal(math.maxinteger, math.maxinteger + 0.0))
print(select("#", rawget({}, 1)), select("#", rawset({}, 1, 2)), rawget({ 5 }, 1.0), rawget({ [2^53] = "wide" }, 1 << 53))
for _, f in ipairs({ rawget, rawset, rawequal, rawlen }) do
  print(pcall(f)) print(pcall(f, {})) print(pcall(f, 1, 2, 3)) print(pcall(f, "s", 1)) print(pcall(f, nil, 1, 2))
end
print(pcall(rawset, {}, nil, 1)) print(pcall(rawset, {}, 0 / 0, 1)) print(pcall(rawset, {}, 1))
print(rawset({}, 1, nil)[1], next(rawset({}, "k", nil)))
-- Extra arguments are ignored; a key that is nil or NaN may be read.
print(rawget({ 7 }, 1, "extra"), rawlen({ 7 }, "extra"), rawget({}, nil), rawget({}, 0 / 0))
-- Deleting with rawset during traversal.
local u = setmetatable({ a = 1, b = 2, c = 3 }, { __newindex = error })
for k in pairs(u) do rawset(u, k, nil) end
print(next(u))
