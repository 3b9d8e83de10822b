-- Trampolines, continuation passing and mutual tail calls with many arguments.
local function trampoline(f, ...)
  local r = f(...)
  while type(r) == "function" do r = r() end
  return r
end
local function countdown(n, acc)
  if n == 0 then return acc end
  return function() return countdown(n - 1, acc + n) end
end
print(trampoline(countdown, 10000, 0))
local function cps_fact(n, k) if n <= 1 then return k(1) end return cps_fact(n - 1, function(v) return k(n * v) end) end
print(cps_fact(20, function(v) return v end), cps_fact(10, tostring))
local function ping(n, a, b, c) if n == 0 then return "ping", a, b, c end return pong(n - 1, b, c, a) end
function pong(n, a, b, c) if n == 0 then return "pong", a, b, c end return ping(n - 1, b, c, a) end
print(ping(30001, 1, 2, 3)) print(ping(30000, "x", nil, false))
pong = nil
local function each_tree(t, k)
  if not t then return k() end
  return each_tree(t.l, function() io.write(t.v, " ") return each_tree(t.r, k) end)
end
each_tree({ v = 2, l = { v = 1 }, r = { v = 3, r = { v = 4 } } }, print)
local function vtail(...) if select("#", ...) > 200 then return select("#", ...) end return vtail(0, ...) end
print(vtail())
