-- select with every kind of index; missing, extra and nil arguments of Lua functions.
print(select("#")) print(select("#", nil)) print(select("#", nil, nil)) print(select("#", 1, nil, 3, nil))
print(select(1, "a", "b", "c")) print(select(3, "a", "b", "c")) print(select(4, "a", "b", "c")) print(select(100, "a"))
print(select(-1, "a", "b", "c")) print(select(-3, "a", "b", "c")) print(pcall(select, -4, "a", "b", "c"))
print(pcall(select, 0, 1)) print(pcall(select, 0)) print(pcall(select)) print(pcall(select, "x", 1)) print(pcall(select, 1.5, 1))
print(select("2", "a", "b"), select(2.0, "a", "b"), pcall(select, "1.5", "a")) print(pcall(select, nil, 1))
print(pcall(select, math.mininteger, 1)) print(select(math.maxinteger, 1)) print((select(2, "a", "b", "c")))
local function three(a, b, c) return tostring(a) .. tostring(b) .. tostring(c) end
print(three(), three(1), three(1, 2), three(1, 2, 3), three(1, 2, 3, 4), three(nil, nil, 3))
local function pass(...) return ... end
print(three(pass()), three(pass(1, 2)), three(pass(1, 2), 3), three((pass(1, 2)), 3), three(pass(1, 2, 3, 4)))
print(({ pass(1, 2), pass(1, 2) })[3], #{ pass(1, 2), pass(1, 2) }, #{ pass(1, 2), (pass(1, 2)) }, #{ (pass()) }, #{ pass() })
local function counts(...) local a, b = ... return select("#", ...), a, b, (...) end
print(counts()) print(counts(nil)) print(counts(nil, nil)) print(counts(1, 2, 3))
-- Varargs in nested functions, in tables, in conditions; assigning to parameters.
local function outer(...)
  local first = ...
  local function inner(...) return first, ... end
  return inner(select("#", ...), ...)
end
print(outer(7, 8)) print(outer())
local function reassign(a, ...) a = (a or 0) + select("#", ...) return a, ... end
print(reassign(1, 2, 3)) print(reassign())
local function cond(...) if ... then return "some" elseif select("#", ...) > 0 then return "falsy" end return "none" end
print(cond(1), cond(nil), cond(false, 1), cond())
local t = table.pack(pass(nil, 2, nil))
print(t.n, t[1], t[2], t[3], #table.pack(), table.pack().n)
print(table.unpack({ 1, 2, 3 }, 2)) print(table.unpack({ 1, 2, 3 }, -1, 1))
print(table.unpack({}, 1, 3)) print(select("#", table.unpack({}, 1, 0)))
print((function(...) return select("#", ...) end)(table.unpack({}, 1, 250)))
print(string.format("%s %s", pass("x", "y")), math.max(pass(3, 9, 4)), ("x"):rep(pass(3, ",")))
