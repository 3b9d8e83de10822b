-- A hook reads and changes the variables of the loop that it interrupts.
local function index(name)
  for i = 1, 40 do
    local n = debug.getlocal(3, i)
    if n == name then return i elseif not n then return nil end
  end
end
local function at_line(line, name, value)
  return function(_, l)
    if l == line then
      local i = index(name)
      debug.sethook()
      if i then debug.setlocal(2, i, value) end
    end
  end
end
local function run(n, hook)
  local s, step = 0, 1
  for i = 1, n do
    if i == 250 then debug.sethook(hook, "l") end
    s = s + step
    step = step
  end
  debug.sethook()
  return s, step
end
local body = debug.getinfo(run, "S").linedefined + 4
print(run(500)) print(run(500, at_line(body, "step", 2))) print(run(500, at_line(body, "step", 0.5)))
print(run(500, at_line(body, "s", -1000))) print(run(500, at_line(body + 1, "s", "7")))
print(pcall(run, 500, at_line(body, "step", {}))) print(pcall(run, 500, at_line(body, "s", nil)))

-- A count hook that changes an upvalue of the loop: how often is not fixed, that it happens is.
local gate = true
local function wait()
  local turns = 0
  while gate do
    turns = turns + 1
    if turns == 300 then debug.sethook(function() gate = false debug.sethook() end, "", 20) end
  end
  return turns >= 300
end
print(wait(), gate)

-- A line hook that redefines a global function and a method which the loop calls.
function global_step(x) return x + 1 end
local object = { step = function(_, x) return x + 1 end }
local function stepping(n)
  local a, b = 0, 0
  for i = 1, n do
    if i == 300 then debug.sethook(function()
      debug.sethook()
      global_step = function(x) return x + 10 end
      object.step = function(_, x) return x - 1 end
    end, "l") end
    a = global_step(a)
    b = object:step(b)
  end
  return a, b
end
print(stepping(400))

-- A return hook reads the results' neighbours; a call hook counts what hot code calls.
local calls = 0
local function leaf(x) return x end
local function branch(x) return (leaf(x)) + (leaf(x)) end
local s = 0
for i = 1, 400 do
  if i == 301 then debug.sethook(function() calls = calls + 1 end, "c") end
  s = s + branch(i)
end
debug.sethook()
print(s, calls)
-- getinfo from a hook inside hot code: current line and what is active.
local seen = {}
local function traced(n)
  local t = {}
  for i = 1, n do
    if i == n then debug.sethook(function(_, l)
      local info = debug.getinfo(2, "lSn")
      seen[#seen + 1] = (info.currentline == l and "line" or "other") .. ":" .. info.what .. ":" .. tostring(info.name)
    end, "l") end
    t[i] = i
  end
  debug.sethook()
  return #t
end
print(traced(300)) print(table.concat(seen, " "))
