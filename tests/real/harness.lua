--- What several drivers share: a pseudo-random generator that is the same everywhere, sorted traversal, checked calls.

local harness = {}

--- A generator of integers below `limit`, the same sequence for the same seed in every interpreter.
function harness.random(seed)
  local state = seed
  return function(limit)
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return (state >> 8) % limit
  end
end

--- The keys of a table in an order that depends only on them.
function harness.sorted_keys(table_)
  local keys = {}
  for key in pairs(table_) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    local type_a, type_b = math.type(a) and "number" or type(a), math.type(b) and "number" or type(b)
    if type_a ~= type_b then
      return type_a < type_b
    elseif type_a == "boolean" then
      return a and not b
    end
    return a < b
  end)
  return keys
end

--- A value as text, tables with their keys sorted.
function harness.show(value)
  if type(value) == "string" then
    return ("%q"):format(value)
  elseif type(value) ~= "table" then
    return type(value) == "function" and "function" or tostring(value)
  end
  local parts = {}
  for _, key in ipairs(harness.sorted_keys(value)) do
    parts[#parts + 1] = ("[%s]=%s"):format(harness.show(key), harness.show(value[key]))
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- Prints a label and all values.
function harness.report(label, ...)
  local parts = table.pack(...)
  for i = 1, parts.n do
    parts[i] = harness.show(parts[i])
  end
  print(label, table.concat(parts, " "))
end

--- Calls a function and prints what it returns or the error it raises.
function harness.try(label, f, ...)
  harness.report(label, pcall(f, ...))
end

--- A nested table of `depth` levels with keys and values of all serialisable kinds.
function harness.document(random, depth)
  local kind = depth == 0 and 2 + random(5) or random(7)
  if kind == 0 then
    local list = {}
    for i = 1, 1 + random(6) do
      list[i] = harness.document(random, depth - 1)
    end
    return list
  elseif kind == 1 then
    local map = {}
    for i = 1, 1 + random(6) do
      map["key" .. i .. "_" .. random(100)] = harness.document(random, depth - 1)
    end
    return map
  elseif kind == 2 then
    return random(1000000) - 500000
  elseif kind == 3 then
    return (random(2000000) - 1000000) / 64
  elseif kind == 4 then
    return random(2) == 0
  elseif kind == 5 then
    return ("text %d \"quoted\"\t\\ \u{e9}\u{4e2d}\n"):format(random(1000)):rep(1 + random(3))
  end
  return ("%x"):format(random(1 << 23))
end

--- A list of such documents whose roots are tables.
function harness.documents(seed, count, depth)
  local random, list = harness.random(seed), {}
  while #list < count do
    local document = harness.document(random, depth)
    if type(document) == "table" then
      list[#list + 1] = document
    end
  end
  return list
end

return harness
