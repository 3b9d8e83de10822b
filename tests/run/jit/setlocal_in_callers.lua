-- debug.setlocal changes variables two and three frames up, in loops that are hot by then.
local function slot(level, name)
  for i = 1, 60 do
    local n = debug.getlocal(level + 1, i)
    if n == name then return i elseif not n then return nil end
  end
end
local function assign(name, value)
  for level = 2, 12 do
    if not debug.getinfo(level, "f") then break end
    local i = slot(level, name)
    if i then return debug.setlocal(level, i, value) end
  end
end
local function noop(events, i) local e = events[i] if e then e() end return 1 end
local function layer(events, i) local r = noop(events, i) return r end
local function loop(n, agenda)
  local target, kept = 0, 0
  for i = 1, n do
    target = target + layer(agenda, i)
    kept = kept + 1
  end
  return target, kept
end
print(loop(500, {}))
print(loop(500, { [250] = function() assign("target", -1000) end }))
print(loop(500, { [250] = function() assign("target", 0.5) end }))
print(loop(500, { [250] = function() assign("kept", 1 << 60) end, [400] = function() assign("kept", "3") end }))
print(pcall(loop, 500, { [250] = function() assign("kept", nil) end }))
print(loop(500, { [300] = function() assign("agenda", {}) end, [400] = function() print "never" end }))

-- The object whose field is read, and the function that is called, are exchanged under the loop.
local function fields(n, at, replacement)
  local object = { x = 1, y = 2 }
  local s = 0
  for i = 1, n do
    s = s + object.x + object.y
    if i == at then assign("object", replacement) end
  end
  return s
end
print(fields(400, 200, { y = 20, x = 10 }))
print(fields(400, 200, setmetatable({}, { __index = function() return 3 end })))
print(pcall(fields, 400, 200, { x = 1 })) print(pcall(fields, 400, 200, "no object"))
local function calls(n, at, replacement)
  local callee = function(a) return a end
  local s = 0
  for i = 1, n do
    s = s + callee(i)
    if i == at then assign("callee", replacement) end
  end
  return s
end
print(calls(400, 200, math.abs), calls(400, 200, function() return 0 end), (pcall(calls, 400, 200, 0)))

-- A captured variable is the same for its closures afterwards.
local function captured(n)
  local shared = 0
  local function add() shared = shared + 1 end
  for i = 1, n do
    add()
    if i == n // 2 then assign("shared", 10000) end
  end
  return shared
end
print(captured(600))

-- The copy of the loop counter changes for one turn only.
local function counters(n)
  local s, turns = 0, 0
  for i = 1, n do
    if i % 100 == 0 then assign("i", -i) end
    s = s + i
    turns = turns + 1
  end
  return s, turns
end
print(counters(500))
-- A parameter in all frames of a recursive hot function but the last.
local function assign_outside(name, value)
  for level = 3, 5 do debug.setlocal(level, slot(level, name), value) end
end
local function deep(k, mark)
  if k == 0 then assign_outside("mark", "changed") return 0 end
  local r = deep(k - 1, mark)
  return mark == "changed" and r + 1 or r
end
local changed = 0
for i = 1, 100 do changed = changed + deep(3, "original") end
print(changed)
