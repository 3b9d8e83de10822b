-- Varargs: counting, nils, select, passing on, table.pack.
local function count(...) return select("#", ...) end
print(count(), count(nil), count(nil, nil), count(1, nil, 3, nil))
local function first(...) local a, b = ... return a, b end
print(first(1, 2, 3), (first(1, 2)))
local function tail(_, ...) return ... end
print(tail(1, 2, 3), tail(1), (tail(1, 2, 3)))
local function pack(...) return { n = select("#", ...), ... } end
local p = pack(1, nil, 3, nil)
print(p.n, p[1], p[2], p[3], p[4])
print(select(2, "a", "b", "c"), select(-1, "a", "b", "c"), select(-3, "a", "b", "c"))
print(pcall(select, 0, 1))
print(pcall(select, -5, 1))
print(pcall(select))
print(select(10, 1, 2), select("#"))
local function sum(...)
  local s = 0
  for i = 1, select("#", ...) do s = s + (select(i, ...)) end
  return s
end
print(sum(), sum(1), sum(1, 2, 3))
local function through(...) return sum(...), ... end
print(through(4, 5))
print((function(...) return ..., "end" end)(1, 2))
print((function(...) return { ..., "x" } end)(1, 2)[2], #(function(...) return { ... } end)(1, 2, 3))
local f = function(a, ...) a = a or "none" return a, ... end
print(f(), f(1), f(1, 2))
print(load("return ...", "=v")(7, 8))
print(table.unpack({ 1, 2, 3 }, 2), table.unpack({ 1, 2 }, 1, 3))
