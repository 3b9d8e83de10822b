-- Library functions that compilers know by heart are replaced, wrapped and removed while loops call them.
local function times(n, body, at, change)
  local s = 0
  for i = 1, n do
    if i == at then change() end
    s = s + body(i)
  end
  return s
end
local floor, abs, sqrt, max, tointeger = math.floor, math.abs, math.sqrt, math.max, math.tointeger
print(times(400, function(i) return math.floor(i / 2) end,
  200, function() math.floor = math.ceil end)) math.floor = floor
print(times(400, function(i) return math.abs(-i) end,
  200, function() math.abs = function(x) return x end end)) math.abs = abs
print(times(400, function(i) return math.sqrt(i * i) end, 200, function() math.sqrt = function() return 0 end end))
math.sqrt = sqrt
print(times(400, function(i) return math.max(i, 200) end, 200, function() math.max = math.min end)) math.max = max
print(pcall(times, 400, function(i) return math.abs(i) end, 300, function() math.abs = nil end)) math.abs = abs
print(pcall(times, 400, function(i) return math.abs(i) end, 300, function() math = nil end))
math = package.loaded.math

local byte, sub, char = string.byte, string.sub, string.char
print(times(400, function(i) return ("abc"):byte(i % 3 + 1) end,
  200, function() string.byte = function() return 1 end end))
string.byte = byte
print(times(400, function(i) return #("abcdef"):sub(1, i % 6) end,
  200, function() string.sub = function(s) return s end end))
string.sub = sub
print(times(400, function(i) return #string.char(i % 128) end,
  200, function() string = { char = function() return "12" end } end))
string = package.loaded.string

-- The functions that look built in: type, tostring, pairs, select, rawget, setmetatable.
local saved = { type = type, tostring = tostring, ipairs = ipairs, select = select, rawget = rawget }
local function restore() for k, v in next, saved do _G[k] = v end end
print(times(400, function(i) return type(i) == "number" and 1 or 2 end,
  200, function() type = function() return "number!" end end))
restore()
print(times(400, function(i) return #tostring(i) end,
  200, function() tostring = function() return "" end end)) restore()
print(times(300, function(i) local c = 0 for _ in ipairs({ 1, 2, 3 }) do c = c + 1 end return c end, 150, function()
  ipairs = function(t) return next, t, 1 end
end))
restore()
print(times(400, function(i) return select("#", i, i) end,
  200, function() select = function(_, a) return a end end)) restore()
local t = setmetatable({}, { __index = function() return 7 end })
print(times(400, function() return rawget(t, 1) or 1 end,
  200, function() rawget = function(o, k) return o[k] end end)) restore()

-- Functions kept in locals do not change; wrappers see every call.
local calls, lfloor = 0, math.floor
math.floor = function(x) calls = calls + 1 return floor(x) end
local s = 0
for i = 1, 300 do s = s + lfloor(i + 0.5) + math.floor(i + 0.5) end
math.floor = floor
print(s, calls)

-- Wrong and unusual arguments after many good ones.
for _, bad in ipairs({ "10.7", "x", {}, 2^70, -0.0, 0 / 0, 1 / 0 }) do
  print(pcall(function() local r for i = 1, 300 do r = math.floor(i == 300 and bad or i + 0.5) end return r end))
end
print(pcall(function() for i = 1, 300 do math.max(i < 300 and i or nil) end end))
print(pcall(math.floor)) print(math.floor("7"))
print(math.abs(math.mininteger), math.abs("-3"), math.abs(-0.0), tointeger("8"))
print(tointeger(8.0), tointeger(8.5), math.ult(-1, 1))
