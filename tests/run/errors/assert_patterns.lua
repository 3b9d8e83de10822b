-- Idioms: assert with open, nil-err returns, error objects with classes.
print(pcall(assert, io.open("/nonexistent/file")))
print(select("#", pcall(assert, nil, "a", "b")))
print(assert("v", "unused message")) print(pcall(assert, false, nil))
print(pcall(assert, nil, setmetatable({}, { __tostring = function() return "x" end })) == false)
local Err = {}
Err.__index = Err
Err.__tostring = function(e) return e.class .. ": " .. e.msg end
local function raise(class, msg) error(setmetatable({ class = class, msg = msg }, Err)) end
local function risky(n)
  if n == 1 then
    raise("IOError", "disk")
  elseif n == 2 then
    raise("ValueError", "bad")
  elseif n == 3 then
    error("plain")
  elseif n == 4 then
    local x = nil;
    return x.y
  else
    return "ok"
  end
end
for i = 1, 5 do
  local ok, e = pcall(risky, i)
  if ok then
    print("ok", e)
  elseif getmetatable(e) == Err then
    print("class", e.class, tostring(e))
  else
    print("other", e)
  end
end
local function retry(n, f)
  local last
  for i = 1, n do
    local r = table.pack(pcall(f, i))
    if r[1] then return i, table.unpack(r, 2, r.n) end
    last = r[2]
  end
  return nil, last
end
print(retry(5, function(i) if i < 3 then error("fail" .. i, 0) end return "value", i end))
print(retry(2, function(i) error("always " .. i, 0) end))
local function check(v, t, name)
  if type(v) ~= t then error(("bad argument '%s' (%s expected, got %s)"):format(name, t, type(v)), 3) end
end
local function api(x) check(x, "number", "x") return x end
print(pcall(function() return api("s") end)) print(pcall(api, {}))
print(pcall(function() return api(5) end))
local stack = {}
local function guard(name, f)
  stack[#stack + 1] = "+" .. name
  local r = table.pack(pcall(f))
  stack[#stack + 1] = "-" .. name
  if not r[1] then error(r[2], 0) end
  return table.unpack(r, 2, r.n)
end
print(pcall(guard, "a", function() return guard("b", function() error("inner", 0) end) end))
print(table.concat(stack, " "))
