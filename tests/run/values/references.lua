-- Tables, functions, coroutines and userdata are references; numbers, strings, booleans and nil are values.
local a = { 1 }
local b = a
b[1] = 2
print(a[1], a == b, a == { 2 })
local function mutate(t, n, s) t.x = 1 n = n + 1 s = s .. "!" return n, s end
local n, s = 1, "s"
print(mutate(a, n, s)) print(n, s, a.x)
local nested = { inner = a }
local shallow = {}
for k, v in pairs(nested) do shallow[k] = v end
shallow.inner.y = 2
print(a.y, nested.inner == shallow.inner, nested == shallow)
-- Functions: each evaluation of a function expression that captures makes a closure of its own.
local function make(v) return function() return v end end
print(make(1) == make(1), make(1)() == make(1)(), print == print, make == make)
local f = make(a)
print(f() == a, f().x)
-- As keys, by identity; as values of several keys.
local k1, k2 = {}, {}
local m = { [k1] = "one", [k2] = "two", [make] = "f", [print] = "p" }
print(m[k1], m[k2], m[{}], m[make], m[print])
m[k1] = nil
print(m[k1], m[k2])
-- Self reference and cycles.
local self = {}
self.self, self[self] = self, self
print(self.self.self.self == self, self[self] == self, self[self.self[self]] == self)
local list = { value = 1 }
list.next = { value = 2, next = list }
print(list.next.next.next.value)
-- Swaps and multiple assignment copy references.
local p, q = { id = "p" }, { id = "q" }
p, q = q, p
print(p.id, q.id)
p.id, q.id = q.id, p.id
print(p.id, q.id)
local x = { 1, 2, 3 }
local y, z = x, x
y[#y + 1] = 4
print(#z, x == z, rawequal(y, z))
-- Strings: equal contents are one value, whatever their length and origin.
local s1, s2 = ("ab"):rep(30), ("abab"):rep(15)
print(s1 == s2, ({ [s1] = "found" })[s2], rawequal(s1, s2), #s1)
local co = coroutine.create(print)
print(co == co, co == coroutine.create(print), ({ [co] = "thread" })[co], io.stdout == io.output())
-- Integers and floats that are equal are one key but two kinds.
local t = {}
t[1], t[1.0] = "int", "float"
print(#t, t[1], next(t), math.type(next(t)))
