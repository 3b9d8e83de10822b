-- Events beyond arithmetic: __close, __gc, __mode, __name, __metatable, __tostring, __pairs, looked up when they are needed.
local log = {}
local mt = { __name = "My.Type" }
local o = setmetatable({}, mt)
print((tostring(o):gsub("0x%x+", "PTR"):gsub(": .*", ": PTR")), pcall(function() return o + 1 end)) print(pcall(function() return o < o end))
print(pcall(function() return o < 1 end)) print(pcall(function() return #o .. o end)) print(pcall(string.rep, o)) print(pcall(math.abs, o))
print(pcall(ipairs)) print(pcall(setmetatable, 1, {})) print(pcall(function() local t <close> = o end))
mt.__name = 5
print((tostring(o):gsub(": .*", "")), pcall(string.rep, o))
mt.__name = nil
mt.__tostring = function(x) return x == o and "me" or "other" end
print(tostring(o), ("%s|%10s"):format(o, o), pcall(string.format, "%d", o)) print(o)
mt.__tostring = function() return {} end print(pcall(tostring, o)) print(pcall(print, o)) mt.__tostring = nil
mt.__metatable = false
print(getmetatable(o), pcall(setmetatable, o, {})) mt.__metatable = nil print(getmetatable(o) == mt)
-- Metamethods found with rawget only: __index of the metatable is not asked.
local inherited = setmetatable({}, setmetatable({}, { __index = { __add = function() return "inherited" end, __call = function() return "called" end } }))
print(pcall(function() return inherited + 1 end)) print(pcall(inherited))
-- Metamethods that are not functions: callable tables work, others do not.
local callable = setmetatable({}, { __call = function(_, a, b) return "callable got " .. type(a) .. " " .. type(b) end })
local t = setmetatable({}, { __add = callable, __lt = callable, __concat = callable, __len = callable, __unm = callable, __index = callable })
print(t + 1, t < t, t .. "x", #t, -t, t.x)
local bad = setmetatable({}, { __add = 1, __index = 5, __newindex = true, __call = "s", __len = {}, __eq = 1, __lt = 2, __concat = {} })
for i, f in ipairs({ function() return bad + 1 end, function() return bad.x end, function() bad.x = 1 end, function() return bad() end, function() return #bad end,
  function() return bad == setmetatable({}, getmetatable(bad)) end, function() return bad < bad end, function() return bad .. "" end }) do
  print(i, pcall(f))
end
-- __close needs no other event; __gc gets the object, __close the object and the error.
local c = setmetatable({}, { __close = function(...) log[#log + 1] = select("#", ...) .. type((...)) .. tostring((select(2, ...))) end })
do local x <close> = c end
pcall(function() local x <close> = c error("E", 0) end)
pcall(function() local x <close> = c error() end)
print(table.concat(log, " "))
setmetatable({}, { __gc = function(...) print("gc", select("#", ...), type((...)), getmetatable((...)) ~= nil) end })
collectgarbage()
-- __pairs may return fewer or more values; ipairs does not ask it; next neither.
local p = setmetatable({ 1, 2 }, { __pairs = function(x) return next, { replaced = x[1] }, nil, "fourth" end })
for k, v in pairs(p) do print(k, v) end
for i, v in ipairs(p) do io.write(i, v, " ") end print(next(p), select("#", pairs(p)))
print(pcall(pairs, setmetatable({}, { __pairs = 1 }))) print(select("#", pairs(setmetatable({}, { __pairs = function() end }))))
