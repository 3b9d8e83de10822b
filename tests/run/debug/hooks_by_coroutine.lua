-- Hooks belong to threads: set from outside and inside, while suspended, dead or running; what gethook tells.
local log = {}
local function hook(tag) return function(e, l) log[#log + 1] = tag .. ":" .. e:sub(1, 1) .. (l or "") end end
local function flush() local s = table.concat(log, " ") log = {} return s end
local function body(n)
  local x = n
  coroutine.yield(x)
  x = x + 1
  return x
end
local base = debug.getinfo(body, "S").linedefined
local co = coroutine.create(body)
debug.sethook(co, hook "a", "l")
print(coroutine.resume(co, 1))
print((flush():gsub("%d+", function(d) return tostring(d - base) end)))
debug.sethook(co, hook "b", "l")
print(coroutine.resume(co))
print((flush():gsub("%d+", function(d) return tostring(d - base) end)))
print(debug.gethook(co) ~= nil, debug.gethook())

-- A hook set while the coroutine waits, and one removed while it waits.
co = coroutine.create(body)
coroutine.resume(co, 1)
debug.sethook(co, hook "late", "l") coroutine.resume(co)
print((flush():gsub("%d+", function(d) return tostring(d - base) end)))
co = coroutine.create(body)
debug.sethook(co, hook "early", "l") coroutine.resume(co, 1) flush() debug.sethook(co) coroutine.resume(co)
print(flush() == "", debug.gethook(co))

-- Hooks of the main thread are not those of the coroutines it makes.
debug.sethook(hook "main", "l")
local inner = coroutine.wrap(function()
  local y = 1
  return (debug.gethook())
end)
local got = inner()
debug.sethook()
local main_lines = #log
flush()
print(got, main_lines > 0)
-- A coroutine sets its own hook and the one of its creator.
local main = coroutine.running()
local w = coroutine.wrap(function()
  debug.sethook(hook "own", "c")
  math.abs(1)
  debug.sethook()
  debug.sethook(main, hook "creator", "l")
end)
w()
local z = 1
debug.sethook()
local text = flush()
print(text:find "own:c" ~= nil, text:find "creator:l" ~= nil)
-- Counting in one of two coroutines that run by turns.
local count = 0
local a = coroutine.wrap(function() for i = 1, 3 do for j = 1, 100 do end coroutine.yield() end end)
local b = coroutine.create(function() for i = 1, 3 do for j = 1, 100 do end coroutine.yield() end end)
debug.sethook(b, function() count = count + 1 end, "", 10)
a() local before = count a() print(before, count)
coroutine.resume(b) local after = count a() print(after > 5, count == after)
print(select(2, debug.gethook(b)), select(3, debug.gethook(b)))
-- An error in the hook of a coroutine kills that one only.
local e = coroutine.create(function() local q = 1 return q end)
debug.sethook(e, function() error("hooked", 0) end, "l")
print(coroutine.resume(e)) print(coroutine.status(e), coroutine.status(coroutine.running()))
