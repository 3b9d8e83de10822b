-- The table library on objects: which metamethods each function uses, and on what it insists.
local function traced(t)
  local log = {}
  local p = setmetatable({}, {
    __index = function(_, k) log[#log + 1] = "r" .. tostring(k) return t[k] end,
    __newindex = function(_, k, v) log[#log + 1] = "w" .. tostring(k) t[k] = v end,
    __len = function() log[#log + 1] = "#" return #t end,
  })
  return p, function() local s = table.concat(log, " ") log = {} return s end
end
local t = { 10, 20, 30 }
local p, log = traced(t)
table.insert(p, 40) print(log(), #t) table.insert(p, 2, 15) print(log()) table.insert(p, 1, 5) print(log())
print(table.remove(p), log()) print(table.remove(p, 1), log()) print(table.remove(p, 2), log()) print(table.concat(t, " "))
print(table.concat(p, ","), log()) print(table.concat(p, ",", 2, 3), log()) print(table.unpack(p)) print(log()) print(select("#", table.unpack(p, 1, 5)), log())
table.move(p, 1, 2, 2) print(log(), table.concat(t, " ")) table.move(p, 1, 3, 1, {}) print(log()) table.move({ 7, 8 }, 1, 2, 1, p) print(log(), table.concat(t, " "))
table.sort(p) print(log() ~= "", table.concat(t, " ")) print(table.pack(table.unpack(p)).n, next(p))
-- __len that is not an integer, negative, huge, a float; errors in metamethods.
for _, len in ipairs({ 1.5, "2", -1, 2.0, math.maxinteger, {} }) do
  local o = setmetatable({ 1, 2 }, { __len = function() return len end })
  print(tostring(type(len) == "table" and "table" or len), pcall(table.insert, o, 3)) print(pcall(table.remove, o)) print((pcall(table.unpack, o))) print(pcall(table.concat, o, ",", 1, 2)) print((pcall(table.sort, o)))
end
print(pcall(table.concat, setmetatable({}, { __index = function() error("reading", 0) end, __len = function() return 1 end })))
print(pcall(table.insert, setmetatable({}, { __newindex = function() error("writing", 0) end }), 1))
-- What is no table: strings and userdata with the right metamethods are accepted, others are not.
for _, f in ipairs({ "insert", "remove", "concat", "unpack", "sort", "move" }) do
  print(f, pcall(table[f])) print(f, pcall(table[f], 5, 1, 1, 1)) print(f, (pcall(table[f], setmetatable({}, { __index = {} }), 1, 1, 1)))
end
local smt = getmetatable("")
print(pcall(table.concat, "abc")) print(pcall(table.unpack, "abc")) smt.__newindex = function() end print(pcall(table.insert, "abc", 1)) smt.__newindex = nil
-- Wrong positions and arguments.
for _, c in ipairs({ { 0, 1 }, { 5, 1 }, { -1, 1 }, { 1.5, 1 }, { "2", 1 }, { "x", 1 }, { 1 << 40, 1 }, { nil, 1 } }) do print(pcall(table.insert, { 1, 2, 3 }, table.unpack(c, 1, 2))) end
for _, pos in ipairs({ 0, 4, 5, -1, 1.5, "3" }) do print(pos, pcall(table.remove, { 1, 2, 3 }, pos)) end
print(table.remove({}), table.remove({}, 0), pcall(table.remove, {}, 1)) print(pcall(table.remove, {}, 2)) print(table.remove({ [0] = "zero" }, 0), table.remove({ n = 1 }))
print(pcall(table.concat, { 1, {}, 3 })) print(pcall(table.concat, { 1, nil, 3 }, ",", 1, 3)) print(table.concat({}, "x"), table.concat({ 1 }, "x", 2), table.concat({ 1, 2 }, "x", 2, 1), pcall(table.concat, { 1 }, {}))
print(pcall(table.move, { 1 }, 1, math.maxinteger, 2)) print(pcall(table.move, {}, math.mininteger, 0, 1)) print(pcall(table.move, {}, 1, 2, math.maxinteger)) print(#table.move({ 1, 2, 3 }, 2, 1, 1), pcall(table.move, {}, 1, 1, 1, 5))
