-- Call chains that are inlined in places and must unwind properly.
local function l5(x, mode)
  if mode == "error" and x == 90 then error("l5 error") elseif mode == "nil" and x == 90 then return nil end
  return x
end
local function l4(x, m) return l5(x, m) + 1 end
local function l3(x, m) local r = l4(x, m) return r * 2 end
local function l2(x, m) return (l3(x, m)) end
local function l1(x, m) local a = l2(x, m) local b = l2(x + 1, m) return a + b end
local function run(n, m) local s = 0 for i = 1, n do s = s + l1(i, m) end return s end
print(run(100)) print(pcall(run, 100, "error"))
print(pcall(run, 100, "nil")) print(run(100))
print(select(2, xpcall(run, debug.traceback, 100, "error")))
local function id(...) return ... end
local function twice(f, x) return f(f(x)) end
local s = 0
for i = 1, 100 do s = s + twice(function(v) return id(v) + i end, i) end
print(s)
local obj = { v = 0 }
function obj:add(n) self.v = self.v + n return self end
function obj:get() return self.v end
for i = 1, 100 do obj:add(i):add(1):add(obj:get() % 2) end
print(obj:get())
local function compose(...)
  local fs = { ... }
  return function(x) for i = #fs, 1, -1 do x = fs[i](x) end return x end
end
local c = compose(function(x) return x + 1 end, function(x) return x * 2 end, tostring, function(x)
  return x - 3
end)
print(pcall(c, 10), c and compose(math.floor, math.sqrt)(50))
local function mutual(n)
  local even, odd
  function even(k) if k == 0 then return "even" end return odd(k - 1) end
  function odd(k) if k == 0 then return "odd" end return even(k - 1) end
  return even(n)
end
print(mutual(1000), mutual(777))
local tak
tak = function(x, y, z)
  if y >= x then return z end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end
print(tak(10, 5, 2))
