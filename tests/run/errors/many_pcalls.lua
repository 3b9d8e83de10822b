-- Errors thrown and caught in hot loops, from several kinds of sites.
local caught, sum = {}, 0
local function work(i)
  if i % 7 == 0 then
    error("seven", 0)
  elseif i % 5 == 0 then
    local t;
    t.x = i
  elseif i % 3 == 0 then
    return i + {}
  elseif i % 11 == 0 then
    error({ i = i })
  end
  return i
end
for i = 1, 500 do
  local ok, v = pcall(work, i)
  if ok then
    sum = sum + v
  else
    local k = type(v) == "table" and "table" or v
    caught[k] = (caught[k] or 0) + 1
  end
end
print(sum)
local keys = {}
for k in pairs(caught) do keys[#keys + 1] = k end
table.sort(keys)
for _, k in ipairs(keys) do print(k, caught[k]) end
local n = 0
for i = 1, 300 do pcall(pcall, error) n = n + (pcall(error, i) and 0 or 1) end
print(n)
local function nest(d)
  if d == 0 then error("bottom", 0) end
  local ok, e = pcall(nest, d - 1)
  return error(e, 0)
end
for i = 1, 20 do local ok, e = pcall(nest, i) if e ~= "bottom" then print("bad", e) end end
local x = 0
for i = 1, 200 do
  xpcall(function()
    x = x + 1
    if i % 2 == 0 then error() end
    x = x + 1
  end, function() x = x + 10 end)
end
print(x)
local ups = 0
for i = 1, 100 do
  local loc = i
  local f = function() loc = loc + 1 error("up", 0) end
  pcall(f)
  pcall(f)
  ups = ups + loc
end
print(ups)
local co = coroutine.wrap(function()
  for i = 1, 100 do local ok = pcall(function() if i % 10 == 0 then coroutine.yield(i) end error() end) end
  return "end"
end)
local r = {}
for i = 1, 11 do r[i] = tostring(co()) end
print(table.concat(r, " "))
local c = 0
for i = 1, 100 do
  local ok = pcall(function()
    local z <close> = setmetatable({}, { __close = function() c = c + 1 end })
    if i % 3 == 0 then error() end
  end)
end
print(c)
