-- Variables that closures share and no code assigns are constants for hot code, until a debugger changes them.

local function repeated(n, f, ...)
  local result
  for _ = 1, n do result = f(...) end
  return result
end

-- A constant of a module.
local scale = 3
local function scaled(x) return x * scale end
print(repeated(3000, scaled, 5))
debug.setupvalue(scaled, 1, 10)
print(scaled(5), repeated(3000, scaled, 5))

-- Changed by the register of the function that has it.
local function owner()
  local factor = 2
  local function double(x) return x * factor end
  local before = repeated(3000, double, 4)
  debug.setlocal(1, 1, 7)
  return before, repeated(3000, double, 4), factor
end
print(owner())

-- Shared by two closures; one of them is given another variable.
local function pair(value)
  return function() return value end, function() return value end
end
local a, b = pair("first")
local c = pair("second")
print(repeated(3000, a), repeated(3000, b))
debug.upvaluejoin(a, 1, c, 1)
print(repeated(3000, a), b())
debug.setupvalue(c, 1, "third")
print(a(), b(), c())

-- One closure at first, then more of the same prototype.
local function maker(k)
  return function(x) return x + k end
end
local one = maker(1)
print(repeated(3000, one, 1))
local many = {}
for i = 1, 10 do many[i] = maker(i * 100) end
local sum = 0
for i = 1, 3000 do sum = sum + many[i % 10 + 1](i) + one(i) end
print(sum)

-- Assigned later, in a closure of a closure: no constant.
local state = 0
local function bump() return (function() state = state + 1 return state end)() end
local function read() return state end
for _ = 1, 3000 do bump() end
print(read(), repeated(3000, read), state)

-- Assigned after the closure was made.
local late
local function get_late() return late end
print(repeated(1000, get_late))
late = "now"
print(repeated(1000, get_late))

-- Each round of a loop has its own.
local readers = {}
for i = 1, 5 do
  local square = i * i
  readers[i] = function() return i, square end
end
local total = 0
for _ = 1, 1000 do
  for i = 1, 5 do
    local x, y = readers[i]()
    total = total + x * y
  end
end
print(total)

-- A variable of a while loop, assigned in its own round only.
local collected = {}
local n = 0
while n < 4 do
  n = n + 1
  local mine = n
  if n % 2 == 0 then mine = -n end
  collected[n] = function() return mine end
end
for i = 1, 4 do io.write(tostring(repeated(500, collected[i])), " ") end
print()

-- `_ENV` set for a function by a debugger.
local function global_reader() return answer end
answer = 42
print(repeated(3000, global_reader))
local chunk = load("local function f() return answer end return f")()
print(repeated(3000, chunk))
debug.setupvalue(chunk, 1, { answer = "other" })
print(chunk(), repeated(3000, chunk), global_reader and pcall(global_reader))

-- A function changed while it runs, by what it calls.
local step = 1
local changed
local function count(limit, change)
  local s = 0
  for i = 1, limit do
    s = s + step
    if i == limit // 2 and change then change() end
  end
  return s
end
print(count(4000))
print(count(4000, function() debug.setupvalue(count, 1, 5) end))

-- Recursion through a constant of its own name, and through one that is replaced.
local function factorial(k) if k < 2 then return 1 end return k * factorial(k - 1) end
print(repeated(500, factorial, 12))
local original = factorial
debug.setupvalue(factorial, 1, function() return 100 end)
print(original(5))

-- A binary chunk's variables begin as nil.
local dumped = load(string.dump(scaled))
print(pcall(dumped, 2))
debug.setupvalue(dumped, 1, 4)
print(repeated(2000, dumped, 2))
debug.setupvalue(dumped, 1, 6)
print(repeated(2000, dumped, 2))
