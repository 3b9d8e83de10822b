-- Functions that are inlined call others: what those see of their callers, and do to them.

local function level_names()
  local names = {}
  for level = 2, 5 do
    local info = debug.getinfo(level, "nSl")
    if not info then break end
    names[#names + 1] = (info.name or "?") .. ":" .. info.currentline
  end
  return table.concat(names, " ")
end

local see = level_names
local function inner(x) local s = see(x) return s end
local function middle(x) local s = inner(x) return s end
local function outer(x) local s = middle(x) return s end
local seen = {}
for i = 1, 3000 do seen[outer(i)] = true end
for where in pairs(seen) do print(where) end

-- Errors from below, with the position of each function.
local fail_at = 2500
local function check(i) if i == fail_at then error("number " .. i) end return i end
local checks = { check, function(i) return check(i) end }
local function call_it(i) local r = checks[1](i) return r + 0 end
local function around(i) local r = call_it(i) return r + 1 end
local sum, message = 0
local ok, trace = xpcall(function()
  for i = 1, 3000 do sum = sum + around(i) end
end, function(m) message = m return debug.traceback("trace", 1) end)
print(ok, message, sum)
for line in trace:gmatch("[^\n]+") do
  if line:find("inlined_calls", 1, true) then print((line:gsub("^%s*%S-inlined_calls", "inlined_calls"))) end
end

-- A variable of a caller of a caller is changed.
local mode = "off"
local function poke()
  if mode == "outer" then debug.setlocal(4, 2, 1000) end
  if mode == "inner" then debug.setlocal(3, 2, 500) end
  return 1
end
local pokes = { poke, function() return 1 end }
local function low(x) local kept = x local p = pokes[1](kept) return kept + p end
local function high(x) local kept = x local r = low(x) return kept + r end
local results = {}
for i = 1, 3000 do
  mode = i == 2000 and "outer" or i == 2500 and "inner" or "off"
  results[i] = high(i)
end
print(results[1999], results[2000], results[2001], results[2499], results[2500], results[2501])

-- A yield from below.
local function pass(x) local y = coroutine.yield(x) return y end
local function pass_on(x) local y = pass(x) return y + 1 end
local co = coroutine.wrap(function()
  local s = 0
  for i = 1, 2000 do s = s + pass_on(i) end
  return "end " .. s
end)
local got = co()
while type(got) == "number" do got = co(got * 2) end
print(got)

-- A hook set from below counts what follows.
local lines = 0
local function hook_on(i)
  if i == 2500 then debug.sethook(function() lines = lines + 1 end, "l") end
  if i == 2510 then debug.sethook() end
  return i
end
local hooks = { hook_on, print }
local function with_hook(i) local r = hooks[1](i) return r end
local function hooked(i) local r = with_hook(i) return r * 2 end
local h = 0
for i = 1, 3000 do h = h + hooked(i) end
print(h, lines > 50)

-- Recursion in an inlined function, deep enough to leave the native stack.
local function depth(n) if n == 0 then return 0 end local d = depth(n - 1) return d + 1 end
local function measured(n) local d = depth(n) return d end
local deepest = 0
for i = 1, 300 do deepest = math.max(deepest, measured(i)) end
print(deepest, measured(15000), select(2, pcall(measured, 1e7)):match("stack overflow"))

-- Metamethods and iterators from inlined functions.
local V = {}
V.__index = V
V.__add = function(a, b) return setmetatable({ x = a.x + b.x }, V) end
V.__call = function(self, k) return self.x * k end
local function add(a, b) return a + b end
local function use(a, k) local r = add(a, a) return r(k) end
local v, total = setmetatable({ x = 2 }, V), 0
for i = 1, 2000 do total = total + use(v, i) end
print(total)
local function each(list) local s = 0 for _, x in ipairs(list) do s = s + x end return s end
local function sums(list) local s = each(list) return s end
local many = 0
for i = 1, 2000 do many = many + sums({ i, 1, 2 }) end
print(many)

-- Garbage is collected while the frames are made.
local function make(i) local t = { i } if i % 100 == 0 then collectgarbage("step") end return t end
local makers = { make, print }
local function hold(i) local kept = { i * 2 } local t = makers[1](i) return kept[1] + t[1] end
local function hold_on(i) local kept = { i } local r = hold(i) return r + kept[1] end
local held = 0
for i = 1, 3000 do held = held + hold_on(i) end
print(held)
