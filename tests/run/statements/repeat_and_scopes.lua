-- repeat-until sees the block's locals; closures, break, goto and continue in it; scopes of every block.
local i, log = 0, {}
repeat local last = i > 3 i = i + 1 log[#log + 1] = tostring(last) until last
print(i, table.concat(log, " "))
local fs = {}
repeat
  local x = #fs
  fs[#fs + 1] = function() x = x + 1 return x end
until x >= 3
print(#fs, fs[1](), fs[1](), fs[4](), fs[2]())
-- The condition is evaluated with closures over the same locals.
local count = 0
repeat local n = count local function get() return n end count = count + 1 until get() >= 5
print(count)
repeat local a, b = 1, 2 do local a = 10 end if a == 1 then break end until b == 3
print "left by break"
-- continue by goto must not jump into the scope of a local used by the condition.
print(load("repeat goto continue local x = 1 ::continue:: until x"))
print((load("local n = 0 repeat n = n + 1 if n % 2 == 0 then goto continue end local x = n ::continue:: until n > 4 return n") or print)())
print(load("repeat local x = 1 goto continue; local y ::continue:: until y"))
-- To-be-closed variables in repeat blocks are closed after the condition.
local order = {}
local n = 0
repeat
  n = n + 1
  local c <close> = setmetatable({ n = n }, { __close = function(o) order[#order + 1] = "close" .. o.n end })
  order[#order + 1] = "body" .. n
until (function() order[#order + 1] = "test" .. c.n return n == 3 end)()
print(table.concat(order, " "))
-- Shadowing in each block; do, if, while, for and functions have their own scopes.
local v = "outer"
do local v = "do" io.write(v, " ") do local v = v .. "!" io.write(v, " ") end io.write(v, " ") end
if v then local v = "if" io.write(v, " ") else local v = "else" end
while v do local v = "while" io.write(v, " ") break end
for v = 1, 1 do io.write(v, " ") local v = "for" io.write(v, " ") end
for v, w in pairs({ "generic" }) do io.write(v, w, " ") end
local function f(v) local v = v or "default" return v end io.write(f(), f("arg"), " ")
print(v)
local v = v .. " again" print(v)
local x = 1 local x = x + 1 local x = x * 10 print(x)
local function rec(k) if k == 0 then return "base" end return rec(k - 1) end print(rec(3))
local notrec = function(k) return type(notrec) end print(notrec(1))
-- Nested repeats with breaks, conditions with side effects, and loops that run once.
local outer, inner = 0, 0
repeat outer = outer + 1 local k = 0 repeat k = k + 1 inner = inner + 1 if k == outer then break end until k == 10 until outer == 4
print(outer, inner)
local calls = 0
local function cond(r) calls = calls + 1 return r end
repeat until cond(true) repeat until cond(1) repeat until cond("") while cond(nil) do end while cond(false) do end print(calls)
