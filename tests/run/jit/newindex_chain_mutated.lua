-- Stores in hot loops go through __newindex, which appears, changes and disappears.
local log = { n = 0 }
local function count(t, k, v) log.n = log.n + 1 rawset(t, k, v) end
local function store(o, n, at, change)
  log.n = 0
  for i = 1, n do
    if i == at then change(o) end
    o.field = i
    o.field = nil
  end
  return log.n, rawget(o, "field")
end
print(store({}, 400, 200, function(o) setmetatable(o, { __newindex = count }) end))
print(store(setmetatable({}, { __newindex = count }), 400, 300, function(o) setmetatable(o, nil) end))
print(store(setmetatable({}, {}), 400, 100, function(o) getmetatable(o).__newindex = count end))

-- A store that creates a field runs __newindex, one that updates it does not.
local o, calls = nil, 0
local mt = { __newindex = function(t, k, v) calls = calls + 1 rawset(t, k, v) end }
for i = 1, 500 do
  if i % 100 == 1 then o = setmetatable({}, mt) end
  o.x = i
  o.y = o.x + 1
end
print(calls, o.x, o.y)

-- Redirection to another table, whose own metatable changes.
local target = {}
local front = setmetatable({}, { __newindex = target })
for i = 1, 400 do
  if i == 200 then setmetatable(target, { __newindex = function(t, k, v) rawset(t, k, -v) end }) end
  front["k" .. i % 4] = i
  if i == 300 then target.k0, target.k1 = nil, nil end
end
print(target.k0, target.k1, target.k2, target.k3, next(front))

-- Array stores and appends, with a function, a table, and nothing.
local sink = {}
local function append(t, n, first)
  for i = first, first + n - 1 do t[#t + 1] = i end
  return #t
end
local list = {}
print(append(list, 200, 1))
setmetatable(list, { __newindex = function(t, k, v) sink[k] = v if k % 2 == 1 then rawset(t, k, v) end end })
print(append(list, 1, 201), append(list, 200, 202), sink[201], sink[202], list[202])
setmetatable(list, { __newindex = sink })
print(append(list, 5, 900), sink[202])
setmetatable(list, nil)
print(append(list, 5, 1000), list[202])

-- Errors out of __newindex leave the loop where it was.
local at
print(pcall(function()
  local locked = setmetatable({ a = 1 }, { __newindex = function(_, k) error("no field " .. k, 2) end })
  for i = 1, 400 do
    at = i
    locked.a = i
    if i == 333 then locked.b = i end
  end
end))
print(at)
local cyclic = {}
setmetatable(cyclic, { __newindex = cyclic })
print(pcall(function() for i = 1, 300 do if i == 250 then cyclic.x = i end end end))
