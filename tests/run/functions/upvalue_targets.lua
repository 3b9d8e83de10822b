-- A table in an upvalue is read when the value is stored, after the value was computed.
local t = { name = "old" }
local function replace() t = { name = "new" } return "stored" end
local function store() t.field = replace() end
local before = t
store()
print(before.field, t.field)

local function two() t.a, t.b = replace(), 2 end
before = t
two()
print(before.a, before.b, t.a, t.b)

local function broken() t.x = (function() t = 5 end)() end
print(pcall(broken))
local function swap(u) t, t.x = u, 1 end
t = {}
before = t
print(pcall(swap, { 7 }))
print(before.x, t.x, t[1])

local s = "text"
print(pcall(function() s.x = 1 end))
local n
print(pcall(function() n.x = 1 end))
print(pcall(function() n.x.y = 1 end))
local m = setmetatable({}, { __newindex = function(_, k, v) print("new", k, v) end })
;(function() m.k = 1; m.k2, m.k3 = 2, 3 end)()
