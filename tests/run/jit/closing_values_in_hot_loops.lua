-- To-be-closed variables declared in hot loops, and closing values of generic loops.
local closes, order = 0, {}
local mt = { __close = function(o, e) closes = closes + 1 order[#order + 1] = e and "E" or o.tag end }
local function res(tag) return setmetatable({ tag = tag }, mt) end
for i = 1, 300 do
  local r <close> = res(i % 2 == 0 and "e" or "o")
  if i % 3 == 0 then goto continue end
  if i == 299 then break end
  ::continue::
end
print(closes, #order, order[1], order[2], order[#order])

-- Leaving by return, break, error and end of block, nested.
local function leave(how)
  local a <close> = res("a")
  for i = 1, 5 do
    local b <close> = res("b")
    if i == 3 then
      if how == "return" then return "returned", i end
      if how == "break" then break end
      if how == "error" then error("left", 0) end
    end
  end
  return "end"
end
local hows = { "return", "break", "error", "none" }
closes = 0
local results = {}
for i = 1, 400 do
  local how = hows[i % 4 + 1]
  local ok, r = pcall(leave, how)
  results[how .. ":" .. tostring(ok) .. ":" .. r] = true
end
local keys = {}
for k in pairs(results) do keys[#keys + 1] = k end
table.sort(keys)
print(table.concat(keys, " "), closes)

-- nil and false need no closing; other values without __close are errors, found when the loop is hot.
local function attempt(values)
  local n = 0
  for i = 1, #values do
    local v <close> = values[i] ~= 0 and values[i] or nil
    n = n + 1
  end
  return n
end
local values = {}
for i = 1, 300 do values[i] = i % 3 == 0 and res("v") or i % 3 == 1 and 0 or false end
print(attempt(values))
values[290] = {} print(pcall(attempt, values)) values[290] = "text" print(pcall(attempt, values))
values[290] = setmetatable({}, {}) print(pcall(attempt, values))

-- The metamethod is looked up when closing, and may change in between.
closes = 0
local shifting = { __close = function() closes = closes + 1 end }
for i = 1, 300 do
  local s <close> = setmetatable({}, shifting)
  if i == 150 then shifting.__close = function() closes = closes + 100 end end
end
print(closes)

-- Closing values of generic loops: at the end, at break, at error, and with yields inside.
local function iter(n, tag) return function(_, i) if i < n then return i + 1 end end, nil, 0, res(tag) end
closes = 0
for r = 1, 100 do
  for i in iter(4, "x") do if r % 2 == 0 and i == 2 then break end end
  pcall(function() for i in iter(4, "y") do if i == 3 then error("z") end end end)
end
print(closes)
local co = coroutine.wrap(function()
  for r = 1, 150 do
    local c <close> = setmetatable({}, { __close = function() coroutine.yield("closing " .. r) end })
    if r % 50 ~= 0 then setmetatable(c, { __close = function() end }) end
  end
  return "done"
end)
print(co(), co(), co(), co())
-- Values returned by a function pass its closing variables untouched, whatever those do.
local function pass(...)
  local c <close> = setmetatable({}, { __close = function(...) local t = { ... } return 1, 2, #t end })
  return ...
end
local s = 0
for i = 1, 300 do local a, b, c = pass(i, i / 2) s = s + a + b + (c or 0) end
print(s, select("#", pass()), select("#", pass(nil, nil)))
