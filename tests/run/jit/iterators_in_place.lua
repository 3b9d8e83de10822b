-- Generic loops over functions written in Lua: closures, stateless functions, other values with calls, errors, yields.
local function elements(list)
  local index = 0
  return function()
    index = index + 1
    return list[index]
  end
end
local function backwards(list, index)
  if index > 1 then return index - 1, list[index - 1] end
end
local function range(n)
  return function(limit, i)
    if i < limit then return i + 1, i * i, "x" .. i % 3, nil, i end
  end, n, 0
end

local list = {}
for i = 1, 500 do list[i] = i * 7 % 13 end
local function all(n)
  local sum, text = 0, 0
  for _ = 1, n do
    for item in elements(list) do sum = sum + item end
    for index, item in backwards, list, #list + 1 do sum = sum - item * (index % 2) end
    for i, square, name, nothing, again in range(50) do
      sum = sum + square - again + i
      text = text + #name + (nothing == nil and 1 or 0)
    end
    for a, b, c, d, e, f in range(3) do sum = sum + (f == nil and e or 0) + a + b + #c + (d or 0) end
  end
  return sum, text
end
for _ = 1, 3 do print(all(20)) end

-- Iterators of many kinds at one place; breaks; values of other types.
local function count(iterator, state, control)
  local n, last = 0, nil
  for value in iterator, state, control do
    n, last = n + 1, value
    if n >= 300 then break end
  end
  return n, last
end
local callable = setmetatable({}, { __call = function(_, limit, i) i = (i or 0) + 1 if i <= limit then return i end end })
for round = 1, 60 do
  local a = { count(elements(list)) }
  local b = { count(backwards, list, 100) }
  local c = { count(callable, 40) }
  local d = { count(next, { x = 1, y = 2, z = 3 }) }
  local e = { count(string.gmatch("a bc def", "%a+")) }
  if round % 20 == 0 then print(a[1], a[2], b[1], b[2], c[1], c[2], d[1], e[1], e[2]) end
end

-- An iterator that changes what it returns: integers, floats, strings, false ends nothing, nil ends it.
local function changing()
  local i = 0
  return function()
    i = i + 1
    if i <= 200 then return i elseif i <= 300 then return i + 0.5 elseif i <= 400 then return tostring(i)
    elseif i <= 500 then return i % 2 == 0 end
  end
end
local function tally()
  local kinds = {}
  for value in changing() do
    local kind = math.type(value) or type(value)
    kinds[kind] = (kinds[kind] or 0) + 1
  end
  return kinds.integer, kinds.float, kinds.string, kinds.boolean
end
for _ = 1, 5 do print(tally()) end

-- Errors in iterators and in bodies, with the positions of both functions.
local function failing(limit)
  return function(_, i)
    if i == limit then error("limit " .. i) end
    if i == limit + 1 then return i + nil end
    return i + 1
  end, nil, 0
end
local function run(limit, skip)
  local sum = 0
  local iterator, state, control = failing(limit)
  if skip then control = limit + 1 end
  for i in iterator, state, control do sum = sum + i end
  return sum
end
for i = 1, 40 do
  local ok, message = pcall(run, 50 + i)
  local also, other = pcall(run, 50, true)
  if i % 20 == 0 then print(ok, message, also, other) end
end
print(pcall(function() for i in 5 do print(i) end end))
print(pcall(function() for i in nil do print(i) end end))
local traced
local function tracing(_, i)
  if i == 120 then traced = debug.traceback("here", 1):gsub("\n%s*%[C%].*", "") end
  if i < 150 then return i + 1 end
end
local function trace() local n = 0 for i in tracing, nil, 0 do n = n + i end return n end
print(trace()) print(traced)

-- Yields from within an iterator.
local function yielding(n, i)
  if i % 50 == 0 then coroutine.yield(i) end
  if i < n then return i + 1 end
end
local co = coroutine.wrap(function() local n = 0 for i in yielding, 210, 0 do n = n + i end return "done", n end)
for _ = 1, 6 do print(co()) end

-- Loop variables that closures capture, and an iterator that assigns its own upvalues.
local function capture(n)
  local made, steps = {}, 0
  for i in (function() local i = 0 return function() i = i + 1 steps = steps + i if i <= n then return i end end end)() do
    made[i] = function() i = i + 1 return i end
  end
  local sum = 0
  for _, f in ipairs(made) do sum = sum + f() + f() end
  return sum, steps
end
for _ = 1, 4 do print(capture(120)) end
