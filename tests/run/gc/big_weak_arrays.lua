-- Weak arrays whose elements the collector clears in slices: what the program sees of them meanwhile.
local SIZE = 9000
collectgarbage("incremental")

-- A weak array of objects, and a table that holds every `nth` one.
local function filled(nth, mode)
  local weak, held = setmetatable({}, { __mode = mode or "v" }), {}
  for i = 1, SIZE do
    local object = { id = i }
    weak[i] = object
    if nth and i % nth == 0 then held[i] = object end
  end
  return weak, held
end

-- Two cycles of the collector in small steps, with `look` called in between. In stress mode, steps never come to an end.
local function collect(look)
  for _ = 1, 2 do
    local step = 0
    repeat
      step = step + 1
      look(step)
    until collectgarbage("step", 4) or step == 400
  end
end

local function count(t)
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  return n
end

do -- Elements are there as long as somebody holds them, at any time.
  local weak, held = filled(7)
  local wrong = 0
  collect(function(step)
    for i = step, SIZE, 97 do
      local found = weak[i]
      if held[i] and found ~= held[i] then wrong = wrong + 1 end
      if found and found.id ~= i then wrong = wrong + 1 end
    end
  end)
  collectgarbage()
  print("lookups", wrong, count(weak), weak[#weak + 1] == nil)
end

do -- A length is a border.
  local weak, held = filled(3)
  local wrong = 0
  collect(function()
    local n, raw = #weak, rawlen(weak)
    -- What died in between is only known when it is looked for: look at the higher one first.
    if weak[n + 1] ~= nil or n > 0 and weak[n] == nil then wrong = wrong + 1 end
    if weak[raw + 1] ~= nil or raw > 0 and weak[raw] == nil then wrong = wrong + 1 end
  end)
  print("borders", wrong, held[SIZE // 3 * 3] == weak[SIZE // 3 * 3])
end

do -- What is stored meanwhile stays, and nil goes.
  local weak, held = filled(5)
  local wrong, stored = 0, {}
  collect(function(step)
    local at = step * 37 % SIZE + 1
    local new = { id = at, new = true }
    stored[at], weak[at], held[at] = new, new, nil
    local gone = step * 53 % SIZE + 1
    stored[gone], weak[gone], held[gone] = nil, nil, nil
    weak[step], stored[step], held[step] = step, step, nil
    if step % 3 == 0 then
      weak[step + 1], stored[step + 1], held[step + 1] = "text " .. step, "text " .. step, nil
    end
    if at ~= gone and stored[at] == new and weak[at] ~= new then wrong = wrong + 1 end
    if weak[gone] ~= stored[gone] then wrong = wrong + 1 end
  end)
  collectgarbage()
  for i, object in pairs(stored) do
    if weak[i] ~= object then wrong = wrong + 1 end
  end
  for i, object in pairs(held) do
    if weak[i] ~= object then wrong = wrong + 1 end
  end
  for i, object in pairs(weak) do
    if stored[i] ~= object and held[i] ~= object then wrong = wrong + 1 end
  end
  print("stores", wrong)
end

do -- Elements are appended, and strings are keys as well.
  local weak = filled()
  local held, wrong = {}, 0
  collect(function(step)
    local object = { step }
    held[#held + 1] = object
    if step % 2 == 0 then
      weak[-#held] = object
      if weak[-#held] ~= object then wrong = wrong + 1 end
    else
      local n = #weak
      weak[n + 1] = object
      if weak[n + 1] ~= object then wrong = wrong + 1 end
    end
    weak["key " .. #held] = object
    if weak["key " .. #held] ~= object then wrong = wrong + 1 end
  end)
  collectgarbage()
  local found = 0
  local objects = {}
  for _, object in pairs(weak) do objects[object] = true end
  for _, object in ipairs(held) do if objects[object] then found = found + 1 end end
  print("appended", wrong, found == #held)
end

do -- Traversals meet nothing that is dead, and everything that is not.
  local weak, held = filled(11)
  weak.name = held
  local wrong, expected = 0, 0
  for i in pairs(held) do expected = expected + i end
  collect(function(step)
    if step % 8 ~= 0 then return end
    local sum = 0
    for i, object in pairs(weak) do
      if i == "name" then
        if object ~= held then wrong = wrong + 1 end
      elseif object.id ~= i then
        wrong = wrong + 1
      else
        if held[i] then sum = sum + i end
      end
    end
    if sum ~= expected then wrong = wrong + 1 end
    for i, object in ipairs(weak) do
      if object.id ~= i then wrong = wrong + 1 end
    end
  end)
  collectgarbage()
  print("traversals", wrong, count(weak))
end

do -- Traversals that go on while elements die, and clear fields.
  local weak, held = filled(13)
  local wrong, seen = 0, 0
  local key, object
  collect(function()
    for _ = 1, 60 do
      key, object = next(weak, key)
      if key == nil then break end
      if object.id ~= key then wrong = wrong + 1 end
      if key % 26 == 0 then weak[key], held[key] = nil, nil end
    end
    object = nil
  end)
  collectgarbage()
  for i, kept in pairs(held) do if weak[i] ~= kept then wrong = wrong + 1 end end
  print("interrupted", wrong)
end

do -- The library's functions.
  local functions = {
    function(weak) table.insert(weak, { id = #weak + 1 }) end,
    function(weak) local n = #weak local removed = table.remove(weak) return n == 0 or removed.id == n end,
    function(weak) return select("#", table.unpack(weak, 1, 100)) == 100 end,
    function(weak) table.move(weak, 1, 50, 51) end,
    function(weak) setmetatable(weak, { __mode = "v", __index = function() return "nothing" end }) return weak[0] == "nothing" end,
    function(weak) return type(weak[SIZE * 2]) ~= "number" end,
    function(weak) setmetatable(weak, nil) return rawlen(weak) == #weak end,
    function(weak) setmetatable(weak, { __mode = "v" }) end,
    function(weak) rawset(weak, 5, weak) return rawget(weak, 5) == weak end,
  }
  local wrong = 0
  for number, call in ipairs(functions) do
    local weak = filled()
    collect(function(step)
      if step % 50 == 49 and call(weak) == false then wrong = wrong + 1 end
    end)
    setmetatable(weak, { __mode = "v" })
    weak[5] = nil
    collectgarbage()
    if count(weak) > 0 then wrong = wrong + 100 end
  end
  print("library", wrong)
end

do -- Keys and values weak; finalizers that bring objects back find them gone from weak tables.
  local weak, held = filled(9, "kv")
  local called, early = 0, 0
  local meta = { __gc = function(object)
    called = called + 1
    if weak[object.id] == object or weak[object.key] then early = early + 1 end
    for i = 1, 3 do
      local other = object.others[i]
      if weak[other.id] == other then early = early + 1 end
    end
  end }
  for i = 1, 50 do
    local object = setmetatable({ id = i * 2, key = "key " .. i, others = {} }, meta)
    for k = 1, 3 do object.others[k] = weak[i * 9 + k] end
    weak[object.id], weak[object.key] = object, object
    if held[object.id] then held[object.id] = nil end
  end
  collect(function() end)
  collectgarbage()
  collectgarbage()
  print("finalizers", called, early, count(weak) == count(held))
end

do -- Values of dictionaries, too, in a cycle in which something is finalized.
  local weak, held = setmetatable({}, { __mode = "v" }), {}
  local called, early = 0, 0
  local meta = { __gc = function(object)
    called = called + 1
    if weak[object.key] then early = early + 1 end
    if weak[object.friend.key] then early = early + 1 end
  end }
  for i = 1, SIZE do
    local key = "key " .. i
    weak[key] = { key = key }
    if i % 10 == 0 then held[i] = weak[key] end
  end
  for i = 1, 40 do
    local key = "final " .. i
    weak[key] = setmetatable({ key = key, friend = weak["key " .. i * 10 + 1] or weak["key 1"] }, meta)
  end
  collect(function(step)
    local key = "key " .. step
    if weak[key] and weak[key].key ~= key then early = early + 1 end
  end)
  collectgarbage()
  collectgarbage()
  print("values", called, early, count(weak) == count(held))
end
