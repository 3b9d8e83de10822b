-- Varargs functions called in hot loops with changing counts and types.
local function sum(...) local s = 0 for i = 1, select("#", ...) do s = s + select(i, ...) end return s end
local r = 0
for i = 1, 100 do r = r + sum() + sum(i) + sum(i, i) + sum(i, 0.5, i) end
print(r)
local function pack2(...) local t = { ... } return #t, t[1], t[#t] end
for i = 1, 60 do pack2(1, 2, 3) end
print(pack2("a"), pack2(1, 2), (pack2()))
local function fwd(f, ...) return f(...) end
local n = 0
for i = 1, 100 do
  n = n + select("#", fwd(function(...) return ... end, table.unpack({ 1, 2, 3, 4, 5 }, 1, i % 6)))
end
print(n)
local function cnt(...) return select("#", ...) end
for i = 1, 50 do cnt(nil, nil) end
print(cnt(nil), cnt(nil, nil, nil), cnt(table.unpack({}, 1, 100)))
local function first(a, ...) if a then return a, first(...) end end
print(first(1, 2, 3), first())
local function curry(f, ...)
  local a = table.pack(...)
  return function(...)
    local b = table.pack(...)
    local all = {}
    for i = 1, a.n do all[i] = a[i] end
    for i = 1, b.n do all[a.n + i] = b[i] end
    return f(table.unpack(all, 1, a.n + b.n))
  end
end
local add3 = curry(function(a, b, c) return a * 100 + b * 10 + c end, 1, 2)
n = 0
for i = 1, 50 do n = n + add3(i % 10) end
print(n)
local function max(...)
  local m = ...
  for i = 2, select("#", ...) do local v = select(i, ...) if v > m then m = v end end
  return m
end
print(max(3, 9, 2), max("a", "c", "b"), max(1, 2.5), max(7))
local function va(...) local a, b, c = ... return c, b, a end
for i = 1, 60 do va(i, i) end
print(va(1, 2, 3), va(1), (va()))
local function neg(...) return select(-1, ...) end
for i = 1, 50 do neg(1, 2) end
print(neg(1, 2, 3), pcall(neg))
local s = 0
for i = 1, 100 do local function v(...) return ... end s = s + (v(i, i * 2)) + select(2, v(i, i * 2)) end
print(s)
local function rec(n, ...)
  if n == 0 then return select("#", ...), (select("#", ...)) and ... end
  return rec(n - 1, n, ...)
end
print((rec(20)), select(2, rec(20)), select(21, rec(20)))
print((function(...) local t = table.pack(...) t.n = t.n + 1 return t.n end)(nil, nil))
print(#{ (function(...) return ... end)(1, 2, 3) }, #{ (function(...) return (...) end)(1, 2, 3) })
