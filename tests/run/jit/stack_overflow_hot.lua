-- Stack overflows in functions that are hot already, caught and survived.
local function down(n) return 1 + down(n + 1) end
local function message(f, ...)
  local ok, e = pcall(f, ...)
  return ok, type(e) == "string" and e:match("stack overflow") or e
end
local function bounded(n) if n == 0 then return 0 end return 1 + bounded(n - 1) end
for _ = 1, 300 do bounded(5) end
print(message(down, 1)) print(bounded(10000)) print(message(down, 1)) print(bounded(150))

-- The stack overflows inside a loop, a metamethod, an iterator, a comparison and a concatenation.
local looped = 0
local function loop(x) for i = 1, 3 do looped = looped + 1 loop(x + i) end end
print(message(loop, 0), looped > 100)
local mt = {}
mt.__index = function(t, k) return t[k + 1] end
mt.__add = function(a, b) return a + b end
mt.__lt = function(a, b) return a < b end
mt.__concat = function(a, b) return a .. b end
mt.__call = function(self, x) return 1 + self(x) end
mt.__eq = function(a, b) return a == b end
mt.__len = function(a) return #a + 1 end
local o, p = setmetatable({}, mt), setmetatable({}, mt)
local function overflows(f) local ok, e = pcall(f) return not ok and e:find("overflow", 1, true) ~= nil end
print(overflows(function() return o[1] end), overflows(function() return o + 1 end))
print(overflows(function() return o < p end), overflows(function() return o .. "x" end))
print(overflows(function() return o(1) end), overflows(function() return o == p end))
print(overflows(function() return #o end))

-- Variables keep the values they had when it happened.
local deepest, s = 0, 0
local function track(n) deepest = n s = s + n return track(n + 1) + deepest end
local ok = pcall(track, 1)
print(ok, deepest * (deepest + 1) // 2 == s, deepest > 1000)
-- Mutual recursion of two hot functions with different frame sizes.
local even, odd
function even(n) local a, b, c, d = n, n, n, n return a + b - c - d + odd(n + 1) end
function odd(n) return 1 + even(n + 1) end
print(message(even, 1)) print(message(odd, 1))

-- Tail calls do not overflow, however many; an argument list that grows does not pass unnoticed.
local function tail(n) if n == 0 then return "bottom" end return tail(n - 1) end
print(tail(3000), message(tail, 3000))
-- xpcall with a handler, in the emptied stack.
print(xpcall(down, function(m) return (m:match("stack overflow")) end, 1))
local again = 0
for _ = 1, 1 do if not pcall(down, 1) then again = again + bounded(100) end end
print(again)
