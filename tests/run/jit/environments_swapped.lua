-- _ENV changes under hot code: as a local, as an upvalue, and by the debug library.
local print, setmetatable, pcall, debug = print, setmetatable, pcall, debug
local function sum(n)
  local _ENV = { v = 1 }
  local s = 0
  for i = 1, n do
    s = s + v
    if i == 100 then _ENV = { u = 0, v = 10 } elseif i == 200 then v = 0.5 end
  end
  return s
end
print(sum(300))

local function with_env(_ENV, n)
  for i = 1, n do
    total = (total or 0) + step
    if i == n // 2 then step = step * 2 end
  end
  return total
end
print(with_env({ step = 1 }, 400)) print(with_env({ step = 0.25, total = 1 }, 400))
print(with_env(setmetatable({}, { __index = { step = 3 } }), 401))
print(pcall(with_env, {}, 400)) print(pcall(with_env, { step = "x" }, 400)) print(pcall(with_env, 5, 400))

-- The upvalue _ENV of a running chunk is replaced, and joined with that of another one.
local counting = [[
  local n, event = ...
  for i = 1, n do
    counter = counter + 1
    if i == n // 2 then event() end
  end
  return counter]]
local function counting_from(v)
  local env = { counter = v }
  return load(counting, "=counting", "t", env), env
end
local f, before = counting_from(0)
local after = { counter = 1000 }
print(f(400, function() debug.setupvalue(f, 1, after) end), before.counter, after.counter)
local g, one = counting_from(5)
local h, two = counting_from(0.5)
print(g(400, function() debug.upvaluejoin(g, 1, h, 1) end), one.counter, two.counter)
print(pcall(f, 400, function() debug.setupvalue(f, 1, {}) end))
print(pcall(h, 400, function() debug.setupvalue(h, 1, nil) end))

-- Chunks share code but not environments when loaded from one source.
local source = "local n = ... for i = 1, n do acc = (acc or 0) + i * k end return acc"
local results = {}
for i, k in ipairs({ 1, 0.5, 1 << 40, "3" }) do
  results[i] = load(source, "=c", "t", { k = k })(300)
end
print(table.concat(results, " "))

-- A global function whose environment is emptied while it runs.
local env = { print = print, x = 1 }
local clearing = "local s = 0 for i = 1, 400 do if i == 300 then x = nil end s = s + x end return s"
print(pcall(load(clearing, "=cleared", "t", env)))
