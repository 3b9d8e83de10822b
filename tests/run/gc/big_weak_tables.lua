-- Big weak tables, whose entries the collector looks at and clears in slices: chains of ephemerons, lookups and stores while
-- entries are dying, both kinds of weakness at once.
local SIZE = 4500
collectgarbage("incremental")

local function count(t, kind)
  local n = 0
  for k in pairs(t) do
    if not kind or type(k) == kind then n = n + 1 end
  end
  return n
end

-- Two cycles of the collector in small steps, with `look` called in between. In stress mode, steps never come to an end.
local function collect(look)
  for _ = 1, 2 do
    local step = 0
    repeat
      step = step + 1
      look(step)
    until collectgarbage("step", 8) or step == 400
  end
end

do -- A chain in which each value is the next key: only the first key is held.
  local chain, first = setmetatable({}, { __mode = "k" }), {}
  local at = first
  for i = 1, SIZE // 4 do
    local following = { i }
    chain[at] = following
    at = following
  end
  for i = 1, SIZE // 4 do chain[{}] = { i } end
  collect(function() end)
  collectgarbage()
  local length = 0
  at = first
  while chain[at] do at, length = chain[at], length + 1 end
  print("chain", length, count(chain))
  first, at = nil, nil
  collectgarbage()
  print("chain", count(chain))
end

do -- A chain through two tables.
  local one, other, first = setmetatable({}, { __mode = "k" }), setmetatable({}, { __mode = "k" }), {}
  local at = first
  for i = 1, SIZE // 4 do
    local key, following = {}, {}
    one[at], other[key] = key, following
    at = following
  end
  for i = 1, SIZE // 4 do one[{}], other[{}] = {}, {} end
  collect(function() end)
  collectgarbage()
  local length = 0
  at = first
  while one[at] do at, length = other[one[at]], length + 1 end
  print("two tables", length, count(one), count(other))
end

do -- Values that die while the program looks for them, replaces them, and adds others.
  local cache, held = setmetatable({}, { __mode = "v" }), {}
  for i = 1, SIZE do
    held[i] = { id = i }
    cache["key " .. i] = held[i]
  end
  local alive = held[7]
  held = nil
  local wrong = 0
  collect(function(i)
    local key = "key " .. i % SIZE + 1
    local found = cache[key]
    if found and found.id ~= i % SIZE + 1 then wrong = wrong + 1 end
    if i % 10 == 0 then
      held = held or {}
      held[#held + 1] = { id = i % SIZE + 1, new = true }
      cache[key] = held[#held]
      cache["new " .. #held] = held[#held]
    end
  end)
  collectgarbage()
  for key, value in pairs(cache) do
    if not value.new and value ~= alive then wrong = wrong + 1 end
    if key:sub(1, 4) == "key " and key ~= "key " .. value.id then wrong = wrong + 1 end
  end
  for number, object in ipairs(held or {}) do
    if cache["new " .. number] ~= object then wrong = wrong + 1 end
  end
  print("values", wrong, cache["key 7"] == alive or cache["key 7"].new)
end

do -- Both weak, with keys and values that stay because they are no objects.
  local both, held = setmetatable({}, { __mode = "kv" }), {}
  for i = 1, SIZE // 3 do
    local key, value = {}, {}
    both[key], both["text " .. i], both[i + 0.5] = value, value, "text " .. i
    if i % 2 == 0 then held[#held + 1] = key end
    if i % 3 == 0 then held[#held + 1] = value end
  end
  collect(function() end)
  collectgarbage()
  print("both", count(both, "table"), count(both, "string"), count(both, "number"))
end

do -- Weak values of objects with finalizers are gone before these are called.
  local cache, early, called = setmetatable({}, { __mode = "v" }), 0, 0
  local meta = { __gc = function(object)
    called = called + 1
    if cache[object.key] then early = early + 1 end
  end }
  for i = 1, SIZE // 3 do
    local key = "key " .. i
    cache[key] = setmetatable({ key = key }, meta)
    cache["other " .. i] = { i }
  end
  collect(function() end)
  collectgarbage()
  collectgarbage()
  print("finalizers", called, early, count(cache))
end

do -- A weak table that gets another mode, or none, while it is full of dead entries.
  local table_, held = setmetatable({}, { __mode = "v" }), {}
  for i = 1, SIZE do table_["key " .. i] = { i } end
  collect(function(i)
    if i % 50 == 20 then setmetatable(table_, nil) end
    if i % 50 == 30 then setmetatable(table_, { __mode = "v" }) end
  end)
  setmetatable(table_, { __mode = "v" })
  collectgarbage()
  print("modes", count(table_))
end
