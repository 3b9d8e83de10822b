-- A global assigned later hides the one found through the metatable of _G.
setmetatable(_G, {__index={foo="inherited", bar="ib"}})
local function g() return foo, bar end
print(g()) print(g())
foo = "own"
print(g())
rawset(_G, "bar", "own2")
print(g())
