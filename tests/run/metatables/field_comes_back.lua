-- A field that comes back to a table in the middle of an __index chain hides what lies behind it.
local B = {foo="B"}; B.__index=B
local A = setmetatable({foo="A"}, B); A.__index = A
local o = setmetatable({}, A)
local function set(t, v) t.foo = v end
local function get(t) return t.foo end
set(A,"A"); set(A,"A") set({foo=1},2) set({foo=1},2)
A.foo = nil
print(get(o), get(o), get(o))
set(A, "A2")
print(get(o), get(A), o.foo)
