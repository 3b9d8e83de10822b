local lines = {}
local function show(v, depth)
  local t = type(v)
  if math.type(v) == "float" then return v ~= v and "nan" or ("%.17g"):format(v) .. "f" end
  if t == "string" then return ("%q"):format(v) end
  if t ~= "table" then return t == "function" and t or t == "thread" and t or tostring(v) end
  if depth > 2 then return "{...}" end
  local keys = {}
  for k in next, v do keys[#keys + 1] = k end
  local function rank(k) return type(k) .. (math.type(k) == "integer" and ("%025d"):format(k) or tostring(k)) end
  table.sort(keys, function(a, b) return rank(a) < rank(b) end)
  for i, k in ipairs(keys) do keys[i] = show(k, 3) .. "=" .. show(rawget(v, k), depth + 1) end
  return "{" .. table.concat(keys, " ", 1, math.min(#keys, 12)) .. "}"
end
local function out(...)
  if #lines > 600 then return end
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = show(parts[i], 0) end
  lines[#lines + 1] = table.concat(parts, " ")
end
local function cut(s)
  return type(s) == "string" and #s > 40 and s:sub(1, 40) or s
end
-- Lua does not say which sign a NaN has: it must not get into a string.
local function num(v) return v == v and v or 0.5 end
local function nums(list)
  local copy = {}
  for i, v in ipairs(list) do copy[i] = num(v) end
  return copy
end
-- Nor does it say where a list with a hole ends, or in which order keys are visited that are no list's.
local function some(v)
  if v == nil then return 0 end
  return v
end
local function walk(t)
  if type(t) ~= "table" then return pairs(t) end
  local keys, ranks, plain = {}, {}, true
  for k in next, t do
    plain = plain and math.type(k) == "integer" and k >= 1 and k <= rawlen(t)
    keys[#keys + 1], ranks[k] = k, type(k) .. (math.type(k) == "integer" and ("%025d"):format(k) or tostring(k))
  end
  if plain then return pairs(t) end
  table.sort(keys, function(a, b) return ranks[a] < ranks[b] end)
  local i = 0
  return function()
    repeat i = i + 1 until keys[i] == nil or rawget(t, keys[i]) ~= nil
    if keys[i] ~= nil then return keys[i], rawget(t, keys[i]) end
  end
end
local function full(list, n)
  for i = 1, n do if list[i] == nil then list[i] = 0 end end
  return list
end
local function str(v)
  local t = type(v)
  if t == "number" then v = num(v) end
  return (t == "table" or t == "function" or t == "thread") and t or tostring(v)
end
local Class = {}
Class.__index = Class
function Class.new(x, y) return setmetatable({ x = x, y = y }, Class) end
function Class:sum(k) return self.x + self.y + k end
function Class:swap() self.x, self.y = self.y, self.x return self end
function Class.__add(a, b)
  local l, r = type(a) == "table" and a.x or a, type(b) == "table" and b.x or b
  return Class.new(l + r, 1)
end
function Class.__mul(a, b) return type(a) == "table" and a.x * (type(b) == "table" and b.x or b) or a * b.x end
function Class.__eq(a, b) return a.x == b.x end
function Class.__lt(a, b) return (type(a) == "table" and a.x or a) < (type(b) == "table" and b.x or b) end
function Class.__le(a, b) return (type(a) == "table" and a.x or a) <= (type(b) == "table" and b.x or b) end
function Class.__concat(a, b) return (type(a) == "table" and "C" or a) .. (type(b) == "table" and "C" or b) end
function Class.__len(a) return 7 end
function Class.__unm(a) return Class.new(-a.x, a.y) end
function Class.__call(self, a) return a, self.x end
local Sub = setmetatable({}, { __index = Class })
Sub.__index = function(t, k) return k == "z" and 3 or Sub[k] end
Sub.__newindex = function(t, k, v) rawset(t, k, v == nil and 0 or v) end
function Sub.new(x) return setmetatable({ x = x, y = 2.5 }, Sub) end
function Sub:sum(k) return Class.sum(self, k) * 2 end
local function closer(tag)
  return setmetatable({}, { __close = function(_, e) out("close", tag, e) end })
end
local function each(n)
  return function(limit, i) if i < limit then return i + 1, i * 2 end end, n, 0
end
local function section(name, f)
  out(name, pcall(f))
end
G1, G2, G3 = 1, 2.5, "g"
