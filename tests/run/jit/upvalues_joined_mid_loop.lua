-- debug.setupvalue and upvaluejoin change what hot functions see; open and closed upvalues alike.
local function counter(start)
  local n = start
  return function() n = n + 1 return n end, function() return n end
end
local inc, get = counter(0)
local other, other_get = counter(1000)
local s = 0
for i = 1, 400 do
  s = s + inc()
  if i == 200 then debug.upvaluejoin(inc, 1, other, 1) end
end
print(s, get(), other_get())
debug.setupvalue(inc, 1, 0.5)
for i = 1, 300 do s = s + inc() end
print(s, other_get(), get())
debug.setupvalue(inc, 1, "10") print(inc()) debug.setupvalue(inc, 1, {}) print(pcall(inc))

-- The upvalue is a local of a function whose loop is running.
local function open(n)
  local x = 1
  local function read() return x end
  local sum = 0
  for i = 1, n do
    sum = sum + read() + x
    if i == 100 then debug.setupvalue(read, 1, 2)
    elseif i == 200 then x = 3
    elseif i == 300 then debug.setupvalue(read, 1, 0.5)
    end
  end
  return sum, x
end
print(open(400))
local function detach(n)
  local x, y = 1, 10
  local function rx() return x end
  local function ry() return y end
  local sum = 0
  for i = 1, n do
    sum = sum + rx()
    if i == n // 2 then debug.upvaluejoin(rx, 1, ry, 1) end
    x, y = x + 1, y + 0
  end
  return sum, x, y, rx()
end
print(detach(400))

-- A function held in an upvalue is replaced by another, by a native one, by nothing.
local helper = function(x) return x end
local function caller(n, events)
  local sum = 0
  for i = 1, n do
    if events[i] then events[i]() end
    sum = sum + helper(i)
  end
  return sum
end
local function set(v)
  return function()
    for k = 1, 5 do if debug.getupvalue(caller, k) == "helper" then debug.setupvalue(caller, k, v) end end
  end
end
print(caller(400, {})) print(caller(400, { [200] = set(math.abs) }))
print(caller(400, { [300] = set(function() return 0.5 end) }))
print(pcall(caller, 400, { [300] = set(nil) }))
helper = function(x) return -x end
print(caller(300, {}))

-- Closures made in a loop share or do not share; ids tell.
local fs = {}
do
  local common = 0
  for i = 1, 200 do
    local own = i
    fs[i] = function() common = common + 1 own = own + 1 return common, own end
  end
end
local shared, distinct = 0, 0
for i = 2, 200 do
  if debug.upvalueid(fs[1], 1) == debug.upvalueid(fs[i], 1) then shared = shared + 1 end
  if debug.upvalueid(fs[1], 2) ~= debug.upvalueid(fs[i], 2) then distinct = distinct + 1 end
end
print(shared, distinct)
for i = 1, 200 do fs[i]() end
debug.upvaluejoin(fs[1], 2, fs[200], 2)
print(fs[1]()) print(fs[200]()) print(fs[2]())
-- A recursive local function redirected to another in the middle of its recursion.
local fact
fact = function(n) if n <= 1 then return 1 end return n * fact(n - 1) end
local saved = fact
local results = {}
for i = 1, 300 do
  if i == 150 then fact = function(n) return 1000 end end
  results[i] = saved(i % 10)
end
print(results[149], results[150], results[159], results[300])
