-- Very many small weak tables, which the collector looks at and clears in slices: what the program sees of them meanwhile.
local COUNT = 800
collectgarbage("incremental")

-- Two cycles of the collector in small steps, with `look` called in between. In stress mode, steps never come to an end.
local function collect(look)
  for _ = 1, 2 do
    local step = 0
    repeat
      step = step + 1
      look(step)
    until collectgarbage("step", 2) or step == 400
  end
end

local function count(t)
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end

local ways = {
  array = {
    mode = "v",
    put = function(t, object, i) t[1], t[2], t[3] = object, i, object end,
    get = function(t) return t[1], t[3] end,
  },
  keyed = {
    mode = "v",
    put = function(t, object, i) t[i + 0.5], t[-i], t["text" .. i % 7], t[true] = object, object, object, i end,
    get = function(t, i) return t[i + 0.5], t[-i], t["text" .. i % 7] end,
  },
  fields = {
    mode = "v",
    put = function(t, object) t.owner, t.name, t.other = object, "name", object end,
    get = function(t) return t.owner, t.other end,
  },
  both = {
    mode = "kv",
    put = function(t, object, i) t[object], t["text " .. i], t[i] = i, object, object end,
    get = function(t, i) return t["text " .. i], t[i] end,
  },
}

for _, name in ipairs { "array", "keyed", "fields", "both" } do
  local way = ways[name]
  local tables, held, wrong = {}, {}, 0
  for i = 1, COUNT do
    local object = { id = i }
    if i % 5 == 0 then held[i] = object end
    tables[i] = setmetatable({}, { __mode = way.mode })
    way.put(tables[i], object, i)
  end
  local function check(i, ...)
    for k = 1, select("#", ...) do
      local found = select(k, ...)
      if held[i] and found ~= held[i] or found and found.id ~= i then wrong = wrong + 1 end
    end
  end
  collect(function(step)
    for i = step % 61 + 1, COUNT, 61 do check(i, way.get(tables[i], i)) end
    -- Stored in a table in which something may be dead.
    local i = step * 17 % COUNT + 1
    local object = { id = i }
    held[i] = object
    way.put(tables[i], object, i)
    local gone = step * 19 % COUNT + 1
    if gone ~= i then held[gone] = nil end
    -- A length, a traversal, a mode that changes.
    local t = tables[step * 23 % COUNT + 1]
    local n = #t
    if t[n + 1] ~= nil or n > 0 and t[n] == nil then wrong = wrong + 1 end
    for key, value in pairs(tables[step * 29 % COUNT + 1]) do
      if key == nil or value == nil then wrong = wrong + 1 end
    end
    if step % 3 == 0 then
      local number = step * 31 % COUNT + 1
      setmetatable(tables[number], nil)
      check(number, way.get(tables[number], number))
      setmetatable(tables[number], { __mode = way.mode })
    elseif step % 3 == 1 then
      local number = step * 37 % COUNT + 1
      for k = 1, 12 do tables[number]["more " .. k] = held end
      for k = 1, 12 do if tables[number]["more " .. k] ~= held then wrong = wrong + 1 end end
      for k = 1, 12 do tables[number]["more " .. k] = nil end
    else
      local number = step * 41 % COUNT + 1
      local a, b, c = table.unpack(tables[number], 1, 3)
      if name == "array" then check(number, a, c) end
      if rawlen(tables[number]) > 3 and name == "array" then wrong = wrong + 1 end
    end
  end)
  collectgarbage()
  collectgarbage()
  for i = 1, COUNT do
    check(i, way.get(tables[i], i))
    for _, value in pairs(tables[i]) do
      if type(value) == "table" and value ~= held[i] then wrong = wrong + 1 end
    end
  end
  print(name, wrong)
end

do -- A chain of ephemerons, each in a table of its own, and others that die.
  local tables, wrong = {}, 0
  local first = {}
  local at = first
  local order = {}
  for i = 1, COUNT do order[i] = i * 7 % COUNT + 1 end
  for i = 1, COUNT do
    local following = { id = i }
    tables[order[i]] = setmetatable({ [at] = following, [{}] = { i } }, { __mode = "k" })
    at = following
  end
  at = nil
  local function walk()
    local object, length = first, 0
    for i = 1, COUNT do
      local value = tables[order[i]][object]
      if not value or value.id ~= i then return length end
      object, length = value, length + 1
    end
    return length
  end
  collect(function(step)
    if step % 20 == 1 and walk() ~= COUNT then wrong = wrong + 1 end
    local new = {}
    tables[step][new] = { new }
    if tables[step][new][1] ~= new then wrong = wrong + 1 end
  end)
  collectgarbage()
  local entries = 0
  for i = 1, COUNT do entries = entries + count(tables[i]) end
  print("chain", wrong, walk(), entries)
  first = nil
  collectgarbage()
  entries = 0
  for i = 1, COUNT do entries = entries + count(tables[i]) end
  print("chain", entries)
end

do -- What finalizers bring back is gone from weak values before, and from weak keys after.
  local values, keys, called, early, missing = {}, {}, 0, 0, 0
  local meta = { __gc = function(object)
    called = called + 1
    local i = object.id
    if values[i][1] or values[i].x or values[i][i] then early = early + 1 end
    if keys[i][object] ~= i then missing = missing + 1 end
  end }
  for i = 1, COUNT do
    local object = { id = i }
    if i % 10 == 0 then setmetatable(object, meta) end
    values[i] = setmetatable({ object, [i + COUNT] = object, x = i % 2 == 0 and object or nil }, { __mode = i % 3 == 0 and "kv" or "v" })
    keys[i] = setmetatable({ [object] = i }, { __mode = "k" })
  end
  collect(function() end)
  collectgarbage()
  collectgarbage()
  local left = 0
  for i = 1, COUNT do left = left + count(values[i]) + count(keys[i]) end
  print("finalizers", called, early, missing, left)
end
