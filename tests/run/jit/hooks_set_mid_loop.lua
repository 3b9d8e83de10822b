-- Hooks are set and removed while a loop is hot; from then on they must see every event.
local function lines_of(f, ...)
  local seen = {}
  local r = f(function(_, l) seen[#seen + 1] = l end, ...)
  debug.sethook()
  local first = debug.getinfo(f, "S").linedefined
  for i, l in ipairs(seen) do seen[i] = l - first end
  return r, #seen, table.concat(seen, " ")
end
local function loop(hook, n, from, to)
  local s = 0
  for i = 1, n do
    if i == from then debug.sethook(hook, "l") end
    s = s + i
    if i == to then debug.sethook() end
  end
  return s
end
print(lines_of(loop, 500, 490, 492))
print(lines_of(loop, 500, 499, 0))
print(lines_of(loop, 500, 300, 300))

-- Calls and returns of functions that were inlined before the hook came.
local function inner(x) return x + 1 end
local function outer(x) local y = inner(x) return y end
local events = {}
local function note(event)
  local info = debug.getinfo(2, "nS")
  events[#events + 1] = event:sub(1, 4) .. ":" .. tostring(info.name)
end
local function work(n)
  local s = 0
  for i = 1, n do
    if i == n - 1 then debug.sethook(note, "cr") end
    s = s + outer(i)
  end
  debug.sethook()
  return s
end
print(work(400)) print(table.concat(events, " "))

-- Tail calls show as such.
events = {}
local function tail(x) if x == 0 then return 0 end return tail(x - 1) end
for i = 1, 300 do
  if i == 300 then debug.sethook(note, "c") end
  tail(2)
end
debug.sethook()
print(table.concat(events, " "))

-- A hook that raises an error ends the hot loop it interrupts.
local function stop() debug.sethook() error("stopped", 0) end
local function endless()
  local i = 0
  while true do
    i = i + 1
    if i == 400 then debug.sethook(stop, "", 50) end
  end
end
print(pcall(endless)) print(debug.gethook())

-- A hook that removes itself after some lines; the loop goes on unhurt.
local left = 5
local function limited() left = left - 1 if left == 0 then debug.sethook() end end
local total = 0
for i = 1, 400 do
  if i == 200 then debug.sethook(limited, "l") end
  total = total + i
end
print(total, left, debug.gethook() == nil)

-- The hook belongs to one coroutine; the loop of the other is not seen.
local counted = 0
local function spin(n)
  local s = 0
  for i = 1, n do
    s = s + i
    if i % 100 == 0 then coroutine.yield(s) end
  end
  return s
end
local a, b = coroutine.create(spin), coroutine.create(spin)
coroutine.resume(a, 400) coroutine.resume(b, 400)
debug.sethook(a, function() counted = counted + 1 end, "l")
local _, sb = coroutine.resume(b, 400)
print(sb, counted)
local _, sa = coroutine.resume(a, 400)
print(sa, counted)
