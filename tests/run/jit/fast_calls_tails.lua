-- Tail calls of compiled functions: unbounded, seen in tracebacks, between functions with different arguments.
local function spin(n) local s = 0 for i = 1, n do s = s + i % 3 end return s end
local odd
local function even(n) if n == 0 then return true end spin(1) return odd(n - 1) end
function odd(n) if n == 0 then return false end spin(1) return even(n - 1) end
for _ = 1, 100 do even(10) end
print(even(300000), odd(300000))
local function count(n, acc) if n == 0 then return acc end spin(1) return count(n - 1, acc + n) end
local function call(n) local r = count(n, 0) return r end
for _ = 1, 100 do call(20) end
print(call(200000))
local function three(a, b, c) spin(1) if a > 0 then return three(a - 1, c) end return a, b, c end
local function two(a, b) spin(1) return three(a, b, "x") end
local function one(a) spin(1) local p, q = two(a, "y") return p, q end
for i = 1, 100 do one(i % 5) end
print(one(0)) print(one(1)) print(two(3, 4))
-- More arguments than registers, fewer arguments than parameters.
local function six(a, b, c, d, e, f) spin(1) return tostring(a) .. tostring(b) .. tostring(c) .. tostring(d) .. tostring(e) .. tostring(f) end
local function many(i) local s = six(i, i + 1, 3, 4, 5, 6) local t = six(i) local u = six(1, 2, 3, 4, 5) spin(1) return s .. t .. u end
for i = 1, 100 do many(i) end
print(many(7))
-- What is seen.
local seen
local function inner(n) spin(1) if n == "look" then seen = debug.traceback("t") end return n end
local function tail(n) spin(1) return inner(n) end
local function user(n) local r = tail(n) spin(1) return r end
for i = 1, 100 do user(i) end
user("look")
print((seen:gsub("\n%s*", "; ")))
local function fails(n) spin(1) return n.x.y end
local function tails(n) spin(1) return fails(n) end
local function uses(n) local r = tails(n) return r end
local fine = {x = {y = 1}}
for i = 1, 100 do uses(fine) end
print(pcall(uses, {})) print(pcall(uses, nil))
-- Methods and functions that are not known.
local A, B = {}, {}
A.__index, B.__index = A, B
function A:get(k) spin(1) return k + 1 end
function B:get(k) spin(1) return k * 2 end
local function ask(o, k) spin(1) return o:get(k) end
local function asks(o, k) local r = ask(o, k) return r end
local a, b = setmetatable({}, A), setmetatable({}, B)
local s = 0
for i = 1, 300 do s = s + asks(i % 3 == 0 and a or b, i) end
print(s)
local natives = {math.abs, function(x) return -x end, setmetatable({}, {__call = function(_, x) return x + 0.5 end})}
local function any(f, x) spin(1) return f(x) end
local function anys(f, x) local r = any(f, x) return r end
s = 0
for i = 1, 300 do s = s + anys(natives[i % 3 + 1], i) end
print(s)
