-- Functions that look at the types of their arguments, fed with one type for long and then with others.
local function describe(v)
  local t = type(v)
  if t == "number" then return math.type(v) == "integer" and v or -v
  elseif t == "string" then return #v * 1000
  elseif t == "table" then return #v * 100000
  elseif t == "boolean" then return v and 1 or 2
  elseif t == "function" then return v()
  elseif t == "nil" then return 5
  elseif t == "thread" then return 6
  elseif t == "userdata" then return 7
  end
end
local s = 0
for i = 1, 400 do s = s + describe(i) end
print(s)
local co = coroutine.create(print)
local pool = { 1, 2.5, "str", { 1, 2 }, true, false, function() return 1 << 50 end, co, io.stdout }
for i = 1, 900 do s = s + describe(pool[i % 10 + 1]) end
print(s)

-- A serialiser, a deep copy and a deep comparison: recursive dispatch over mixed data.
local function serialize(v)
  if type(v) == "table" then
    local keys, out = {}, {}
    for k in pairs(v) do keys[#keys + 1] = k end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    for _, k in ipairs(keys) do out[#out + 1] = serialize(k) .. "=" .. serialize(v[k]) end
    return "{" .. table.concat(out, ",") .. "}"
  elseif type(v) == "string" then return ("%q"):format(v)
  end
  return tostring(v)
end
local function copy(v)
  if type(v) ~= "table" then return v end
  local r = {}
  for k, x in pairs(v) do r[copy(k)] = copy(x) end
  return r
end
local function equal(a, b)
  if type(a) ~= type(b) then return false end
  if type(a) ~= "table" then return a == b end
  for k, v in pairs(a) do if not equal(v, b[k]) then return false end end
  for k in pairs(b) do if a[k] == nil then return false end end
  return true
end
local data = { 1, 2.5, "three", { x = 1, y = { z = false } },
  [true] = "yes", name = "n\n", [3.5] = -0.0, big = 1 << 60 }
print(serialize(data))
local equals, differs = 0, 0
for i = 1, 150 do
  local c = copy(data)
  if i % 3 == 0 then c[4].y.z = nil elseif i % 3 == 1 then c[1] = 1.0 end
  if equal(c, data) then equals = equals + 1 else differs = differs + 1 end
end
print(equals, differs, serialize(copy(data)) == serialize(data))

-- math.type, tonumber, tostring and tointeger of everything.
local kinds = {}
local values = { 1, 1.0, "1", "1.0", "x", "0x10", 2^53, 2^63, 0 / 0, true, {} }
for i = 1, 660 do
  local v = values[i % #values + 1]
  local n = type(v) ~= "table" and type(v) ~= "boolean" and tonumber(v) or nil
  local key = tostring(math.type(v)) .. tostring(math.type(n)) .. tostring(n and math.tointeger(n) ~= nil)
  kinds[key] = (kinds[key] or 0) + 1
end
local names = {}
for k, n in pairs(kinds) do names[#names + 1] = k .. "=" .. n end
table.sort(names)
print(table.concat(names, " "))
print(pcall(math.type)) print(pcall(type)) print(math.type({}), type(nil), type(type), tonumber(nil or "z"))

-- Overloads by argument count and type; type kept in a local, replaced in the global.
local ltype = type
local function overload(...)
  local n = select("#", ...)
  if n == 0 then return "none" elseif n == 1 then return ltype((...)) end
  return ltype((...)) .. ltype((select(2, ...)))
end
local out = {}
for i = 1, 500 do
  local r
  if i % 4 == 0 then r = overload()
  elseif i % 4 == 1 then r = overload(i)
  elseif i % 4 == 2 then r = overload(i, "s")
  else r = overload(nil, nil)
  end
  out[r] = (out[r] or 0) + 1
end
print(out.none, out.number, out.numberstring, out.nilnil)
