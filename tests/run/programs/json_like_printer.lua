-- A serializer for nested tables with cycles, sorted keys and all scalar kinds.
local function key(k)
  if type(k) == "string" and k:match("^[%a_][%w_]*$") then return k end
  return "[" .. (type(k) == "string" and ("%q"):format(k) or tostring(k)) .. "]"
end
local function order(a, b)
  local ta, tb = type(a), type(b)
  if ta ~= tb then return ta < tb end
  if ta == "boolean" then return a and not b end
  return a < b
end
local function ser(v, indent, seen)
  if type(v) ~= "table" then return type(v) == "string" and ("%q"):format(v) or tostring(v) end
  if seen[v] then return "<cycle to " .. seen[v] .. ">" end
  local n = 0 for _ in pairs(seen) do n = n + 1 end
  seen[v] = n
  local keys = {}
  for k in pairs(v) do keys[#keys + 1] = k end
  table.sort(keys, order)
  if #keys == 0 then return "{}" end
  local out = {}
  for _, k in ipairs(keys) do out[#out + 1] = indent .. "  " .. key(k) .. " = " .. ser(v[k], indent .. "  ", seen) end
  return "{\n" .. table.concat(out, ",\n") .. "\n" .. indent .. "}"
end
local t = { 1, "two", { 3.5, nested = { deep = true } }, ["a b"] = "sp", [true] = false, [-1] = "neg", [1.5] = "half", empty = {} }
t.self = t
t[3].up = t
print(ser(t, "", {}))
print(ser("just a string\n", "", {}), ser(nil, "", {}), ser(1e100, "", {}))
