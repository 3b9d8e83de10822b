-- Objects of all kinds move between tables, closures, upvalues and stacks while the collector marks: none is lost.
local seed = 42
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return (seed >> 8) % n + 1
end

local count, steps = 1000, 12000
local meta = { __index = function() return nil end }

local function make(i)
  local kind = i % 6
  if kind == 0 then return setmetatable({ id = i, payload = { i, tostring(i) } }, meta) end
  if kind == 1 then return { id = i, payload = { i, "s" .. i }, [i] = true } end
  if kind == 2 then
    local payload = { i, tostring(i) }
    return { id = i, get = function() return payload end, set = function(new) payload = new end }
  end
  if kind == 3 then return { id = i, payload = { i, tostring(i) }, list = { {}, {}, {} } } end
  if kind == 4 then return { id = i, payload = { i, tostring(i) }, a = 1, b = 2, c = 3, d = 4, e = 5, f = 6 } end
  return { id = i, payload = { i, tostring(i) }, [{}] = 1 }
end

local function check(object, i)
  local payload = object.payload or object.get()
  assert(object.id == i and payload[1] == i)
end

-- Where an object is: a big array, a big dictionary by name, a dictionary with objects as keys, small dictionaries.
local array, names, keys, holders = {}, {}, {}, {}
for h = 1, 50 do holders[h] = {} end
local place, found = {}, {}
for i = 1, count do array[i], place[i] = make(i), "array" end

local function take(i)
  local from, object = place[i], nil
  if from == "array" then object, array[i] = array[i], false
  elseif from == "names" then object, names["k" .. i] = names["k" .. i], nil
  elseif from == "keys" then
    object, found[i] = found[i][1], nil
    assert(keys[object] == i)
    keys[object] = nil
  else object, holders[from][i] = holders[from][i], nil end
  return object
end

local function put(i, object)
  local to = random(5)
  if to == 1 then array[i], place[i] = object, "array"
  elseif to == 2 then names["k" .. i], place[i] = object, "names"
  elseif to == 3 then keys[object], found[i], place[i] = i, { object }, "keys"
  else
    local h = random(#holders)
    holders[h][i], place[i] = object, h
  end
end

local taker = coroutine.wrap(function(i)
  while true do
    local object = take(i)
    i = coroutine.yield(object)
  end
end)

for step = 1, steps do
  local i = random(count)
  local object = step % 16 == 0 and taker(i) or take(i)
  check(object, i)
  if step % 7 == 0 then
    local payload = { i, tostring(i), {} }
    if object.set then object.set(payload) else object.payload = payload end
  elseif step % 11 == 0 then
    object = make(i)
  elseif step % 13 == 0 and object.list then
    table.insert(object.list, 1, { step })
    if #object.list > 20 then
      table.remove(object.list, 1)
      object.list = { table.unpack(object.list, 1, 5) }
    end
  end
  put(i, object)
end
for i = 1, count do check(take(i), i) end
print("nothing is lost")
