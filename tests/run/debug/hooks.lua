-- sethook: call, return, line and count events.
local ev = {}
local function hook(e, l)
  local i = debug.getinfo(2, "nS")
  ev[#ev + 1] = e .. (i.what == "C" and ":C" or "") .. ":" .. tostring(i.name)
end
local function f(x) return x + 1 end
local function g() return f(1) end
debug.sethook(hook, "cr")
f(1)
local y = f(2)
g()
math.abs(-1)
debug.sethook()
print(table.concat(ev, " ")) print(debug.gethook())
local lines = {} debug.sethook(function(e, l) lines[#lines + 1] = l end, "l")
local a = 1
local b = 2
for i = 1, 2 do
  a = a + i
end
if a > 100 then
  b = 3
else
  b = 4
end
debug.sethook()
local base = lines[1]
for i, l in ipairs(lines) do lines[i] = l - base end
print(table.concat(lines, " "))
local n = 0
debug.sethook(function() n = n + 1 end, "", 100)
for i = 1, 10000 do local z = i * 2 end
debug.sethook()
print(n > 50)
local stopped = pcall(function()
  debug.sethook(function() debug.sethook() error("too long", 0) end, "", 1000)
  while true do end
end)
print(stopped) print(select(2, pcall(function()
  debug.sethook(function() debug.sethook() error("limit", 0) end, "", 1000)
  while true do end
end)))
local h = function() end
debug.sethook(h, "crl", 5)
local fn, m, c = debug.gethook()
debug.sethook()
print(fn == h, m, c)
local co = coroutine.create(function() local x = 1 coroutine.yield() local y = 2 return y end)
local cl = 0
debug.sethook(co, function() cl = cl + 1 end, "l")
coroutine.resume(co)
coroutine.resume(co)
print(cl > 0, debug.gethook(co) ~= nil, debug.gethook() == nil)
print(pcall(debug.sethook, 1, 2)) print(pcall(debug.sethook, {}, "c"))
local vals = {}
local function watched() local v = 1 v = v * 2 v = v + 5 return v end
debug.sethook(function(e, l)
  local name, v = debug.getlocal(2, 1)
  if name == "v" then vals[#vals + 1] = tostring(v) end
end, "l")
watched()
debug.sethook()
print(#vals > 0 or "single line")
local depth, max = 0, 0
local function rec(k) if k > 0 then local r = rec(k - 1) return r end return 0 end
debug.sethook(function(e)
  if e == "call" then
    depth = depth + 1
    max = math.max(max, depth)
  elseif e == "return" then
    depth = depth - 1
  end
end, "cr")
rec(5)
debug.sethook()
print(max >= 6)
local tc = {}
debug.sethook(function(e) tc[#tc + 1] = e end, "c")
local function t1() return math.abs(-1) end
local function t2() return t1() end
t2()
debug.sethook()
print(table.concat(tc, " "))
