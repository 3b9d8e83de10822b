-- Errors in __close of hot loops: which error survives, in which order variables are closed.
local log = {}
local function closer(tag, raise)
  return setmetatable({}, { __close = function(_, e)
    log[#log + 1] = e and tag .. ":" .. tostring(e) or tag
    if raise then error(raise, 0) end
  end })
end
local function two(i, at)
  local a <close> = closer("a", i == at and "from a")
  local b <close> = closer("b", i == at and "from b")
  if i == at then error("body", 0) end
  return i
end
local function loop(n, at) local s = 0 for i = 1, n do s = s + two(i, at) end return s end
print(loop(250, 0), #log) log = {}
print(pcall(loop, 300, 280)) print(#log, log[#log - 1], log[#log]) log = {}

-- An error only while closing, after a normal end, a return, a break or a goto.
local function ending(how, i)
  for _ = 1, 1 do
    local c <close> = closer(how, i == 240 and "close " .. how)
    if how == "return" then return i elseif how == "break" then break elseif how == "goto" then goto out end
  end
  ::out::
  return -i
end
for _, how in ipairs({ "end", "return", "break", "goto" }) do
  local reached
  local ok, e = pcall(function() for i = 1, 300 do reached = i ending(how, i) end end)
  print(how, ok, e, reached, #log, log[#log]) log = {}
end

-- Three variables whose closing errors replace each other.
local function chain(i)
  local x <close> = closer("x", i == 200 and "ex")
  local y <close> = closer("y")
  local z <close> = closer("z", i == 200 and "ez")
  return i
end
print(pcall(function() for i = 1, 210 do chain(i) end end)) print(log[#log - 2], log[#log - 1], log[#log]) log = {}

-- A closing value of a generic loop that raises; the error of the body comes first.
local function iter(n, c) return function(_, i) if i < n then return i + 1 end end, nil, 0, c end
local function generic(at, body)
  for r = 1, 220 do
    for i in iter(3, closer("g", r == at and "closing " .. r)) do
      if body and r == at and i == 2 then error("body", 0) end
    end
  end
  return "complete"
end
print(pcall(generic, 0)) print(pcall(generic, 215)) print(pcall(generic, 215, true)) print(log[#log]) log = {}

-- Errors of operations in __close; the position is that of the closing function.
local function broken(i)
  local c <close> = setmetatable({}, { __close = function() if i == 260 then local t = nil ; t.x = 1 end end })
  return i
end
print(pcall(function() for i = 1, 300 do broken(i) end end))

-- __close disappears before the variable goes out of scope.
local vanishing = { __close = function() end }
print(pcall(function()
  for i = 1, 300 do
    local v <close> = setmetatable({}, vanishing)
    if i == 250 then vanishing.__close = nil end
  end
end))

-- A coroutine closed in the middle of a hot loop; error and state afterwards.
local co = coroutine.create(function()
  for i = 1, 300 do
    local c <close> = closer("co", i == 200 and "at close")
    if i == 200 then coroutine.yield(i) end
  end
end)
print(coroutine.resume(co)) print(coroutine.close(co)) print(coroutine.status(co), log[#log])
