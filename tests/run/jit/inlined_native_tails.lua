-- Functions that end with a call of a native function, in place of their calls: the frame stays below the native one.

local function up(s) return string.upper(s) end
local function fail(m) return error(m) end
local function fail2(m) return error(m, 2) end
local function cat(...) return table.concat({ ... }, ",") end
local function parts(s) return string.match(s, "(%a)(%a)(%a)") end
local function call(f, ...) return pcall(f, ...) end

local function run(n)
  local s = 0
  for i = 1, n do
    local a = up("abc")
    local x, y, z, w = parts(a)
    s = s + #a + #x + #y + #z + (w and 1 or 2) + #cat(i, x)
    local ok, r = call(up, "x")
    s = s + (ok and #r or 0)
    up("y")
  end
  return s
end
for _ = 1, 20 do run(20) end
print(run(300))

local function failing(n, f)
  for i = 1, n do
    if i == n then f("at " .. i) end
    local ok = call(up, "a")
  end
end
for _ = 1, 40 do pcall(failing, 5, fail) pcall(failing, 5, fail2) end
print(pcall(failing, 30, fail))
print(pcall(failing, 30, fail2))

-- What the native function calls changes hooks, yields, or looks.
local function each(s, f) return string.gsub(s, "%a", f) end
local function looks(n)
  local level
  for i = 1, n do
    local r, k = each("abc", function(c)
      local info = debug.getinfo(2, "S")
      level = info.what
      return c .. c
    end)
    if k ~= 3 or r ~= "aabbcc" then return "wrong" end
  end
  return level
end
for _ = 1, 20 do looks(10) end
print(looks(20))

local lines = 0
local function hooked(n)
  local s = 0
  for i = 1, n do
    local r = each("ab", function(c)
      if i == n then debug.sethook(function() lines = lines + 1 end, "l") end
      return c
    end)
    s = s + #r
  end
  debug.sethook()
  return s
end
for _ = 1, 20 do hooked(10) end
lines = 0
print(hooked(30), lines > 0)

local function wait(...) return coroutine.yield(...) end
local function waits(n)
  local s = 0
  for i = 1, n do
    local a, b = wait(i, -i)
    s = s + a - (b or 0)
  end
  return s
end
for _ = 1, 20 do
  local co = coroutine.wrap(waits)
  co(10)
  for i = 1, 9 do co(i, 1) end
end
local co = coroutine.wrap(waits)
print(co(3))
print(co(10))
print(co(20, 1))
print(co(30, 2, 3))
