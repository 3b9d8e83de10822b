-- Errors that leave coroutines: positions with wrap, values with resume, tracebacks of dead and suspended ones.
local function thrower(v, level) error(v, level) end
for _, v in ipairs({ "message", 42, 1.5, true }) do
  print(coroutine.resume(coroutine.create(thrower), v)) print(pcall(coroutine.wrap(thrower), v))
end
local obj = setmetatable({}, { __tostring = function() return "object" end })
print(select(2, coroutine.resume(coroutine.create(thrower), obj)) == obj, select(2, pcall(coroutine.wrap(thrower), obj)) == obj)
print(coroutine.resume(coroutine.create(thrower))) print(pcall(coroutine.wrap(thrower)))
-- wrap adds the position of the caller in front of string messages.
local function caller() local w = coroutine.wrap(function() error("inner") end) w() end
print(pcall(caller))
local function nested() local w = coroutine.wrap(function() coroutine.wrap(function() error("deep", 0) end)() end) w() end
print(pcall(nested))
local w = coroutine.wrap(function() coroutine.yield(1) end)
w() w()
print(pcall(w)) print(pcall(w))
-- Tracebacks from outside.
local function level3() local x = nil ; return x.field end
local function level2() local r = level3() return r end
local dead = coroutine.create(function() level2() end)
print(coroutine.resume(dead)) print(debug.traceback(dead)) print(debug.traceback(dead, "with message", 1)) print(coroutine.close(dead))
print(debug.traceback(dead))
local function wait() coroutine.yield("waiting") end
local susp = coroutine.create(function(...) wait() return ... end)
print(debug.traceback(susp)) coroutine.resume(susp) print(debug.traceback(susp)) print(debug.traceback(susp, nil, 1)) print(debug.traceback(susp, "m", 5))
-- Closing with pending variables: their errors, their order, and the state after.
local order = {}
local function closer(tag, raise)
  return setmetatable({}, { __close = function(_, e) order[#order + 1] = tag .. "/" .. tostring(e) if raise then error(raise, 0) end end })
end
local function pending(...)
  local raises = { ... }
  local co = coroutine.create(function()
    local a <close> = closer("a", raises[1])
    local b <close> = closer("b", raises[2])
    local c <close> = closer("c", raises[3])
    coroutine.yield()
  end)
  coroutine.resume(co)
  print(coroutine.close(co)) print(coroutine.status(co), table.concat(order, " ")) order = {}
  print(coroutine.close(co)) print(coroutine.resume(co))
end
pending() pending(nil, "eb") pending("ea", nil, "ec") pending("ea", "eb", "ec")
print(select("#", coroutine.close(coroutine.create(print))), coroutine.close(coroutine.create(print)))
-- xpcall with a traceback handler inside; error in a coroutine resumed by a protected call within another.
print(coroutine.wrap(function() return xpcall(level2, debug.traceback) end)())
local co2 = coroutine.wrap(function() local ok, e = pcall(coroutine.wrap(function() coroutine.yield() error({ 7 }) end)) coroutine.yield(ok) error("second", 2) end)
print(co2()) print(pcall(co2))
