-- Calls between compiled functions have no frame until somebody looks: tracebacks, locals, errors, coroutines, hooks, collections.
local function spin(n) local s = 0 for i = 1, n do s = s + i % 3 end return s end
local look
local function leaf(a, b) spin(2) if look then local r = look(a, b) return r end return a + b end
local function middle(a, b, c) local x = leaf(a, b) spin(1) return x + c end
local function outer(a) local k = "kept" local r = middle(a, a + 1, 2) spin(1) return r, k end
local function run(n) local s = 0 for i = 1, n do local r = outer(i) s = s + r end return s end
print(run(300))

local function names()
  local list = {}
  for level = 2, 6 do
    local info = debug.getinfo(level, "Slnt")
    if not info or info.short_src ~= "fast_calls_frames.lua" then break end
    list[#list + 1] = ("%s:%d:%s"):format(info.name or "?", info.currentline, info.istailcall)
  end
  return table.concat(list, " ")
end
local seen
look = function(a, b) seen = names() return a * b end
print(outer(5)) print(seen)
look = function(a, b)
  local t = {}
  for level = 2, 4 do
    local index = 1
    while true do
      local name, value = debug.getlocal(level, index)
      if not name then break end
      if name:sub(1, 1) ~= "(" then t[#t + 1] = level .. name .. "=" .. tostring(value) end
      index = index + 1
    end
  end
  seen = table.concat(t, " ")
  return 0
end
print(outer(7)) print(seen)
look = function() debug.setlocal(4, 1, 100) debug.setlocal(4, 2, "changed") debug.setlocal(3, 3, 1000) return 1 end
print(outer(1))
look = nil
print(run(300))
-- Errors go through them, with positions.
look = function(a) error("from look " .. a) end
print(pcall(run, 3))
look = function(a) return a.x end
print(pcall(outer, 3))
print(select(2, xpcall(outer, function(m) return m .. "|" .. names() end, 4)))
look = nil
print(pcall(outer, {}), pcall(outer, "3"))
-- Yields across them.
look = function(a, b) return coroutine.yield(a, b) or 0 end
local co = coroutine.wrap(function() return run(4) end)
local a, b = co()
while b do io.write(a, ",", b, " ") a, b = co(a * b) end
print(a)
local suspended = coroutine.create(function() return outer(9) end)
print(coroutine.resume(suspended))
print((debug.traceback(suspended):gsub("\n%s*", "; ")))
print(coroutine.resume(suspended, 90), coroutine.status(suspended))
-- Collections see what callers hold.
look = function(a, b) collectgarbage() return a + b end
local function holder(n) local t = {n} local u = setmetatable({}, {__mode = "v"}) u[1] = t local r = leaf(n, 1) spin(1) return r + t[1] + u[1][1] end
local s = 0
for i = 1, 60 do s = s + holder(i) end
print(s)
-- A hook set below.
local lines = 0
look = function(a, b) debug.sethook(function() lines = lines + 1 end, "l") return a + b end
print(outer(2)) debug.sethook() print(lines > 0)
look = nil
print(run(300))
