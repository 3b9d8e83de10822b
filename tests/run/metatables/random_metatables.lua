-- Objects with metatables of their own, shared ones and none, changed at random. Prints what was seen, as a hash now and then.
local state = tonumber(arg and arg[1]) or 12345
local function random(n)
  state = (state * 1103515245 + 12345) % 2147483648
  return (state >> 12) % n + 1
end

local hash, events = 0, 0
local function note(x)
  if type(x) == "table" or type(x) == "function" then x = type(x) end
  local text = tostring(x)
  for i = 1, #text do hash = (hash * 31 + text:byte(i)) % 1000000007 end
  events = events + 1
end

local A = { kind = "A", get = function(self) return self.x end }
local B = setmetatable({ kind = "B", get = function(self) return -(self.x or 0) end }, { __index = A })
local function length() return 77 end
local function call(self, y) return (self.x or 0) + y end
local function equal() return true end
local function concat() return "joined" end
local function missing(_, k) return "no " .. tostring(k) end
local shared = { __index = A, __len = length }

local makers = {
  function() return { __index = A } end,
  function() return { __index = B } end,
  function() return { __index = A, __len = length } end,
  function() return { __call = call, __index = B } end,
  function() return { __index = missing } end,
  function() return { __eq = equal, __concat = concat } end,
  function() return shared end,
  function() return {} end,
  function() return { __index = A, plain = 1 } end,
  function() return { __newindex = function(t, k, v) rawset(t, k, v == nil and nil or tostring(v)) end } end,
}
local changes = {
  function(m) m.__index = B end,
  function(m) m.__index = nil end,
  function(m) m.__len = length end,
  function(m) rawset(m, "__call", call) end,
  function(m) m.note = "x" end,
  function(m) m[1] = 5 end,
  function(m) m.__newindex = nil end,
  function(m) for i = 1, 12 do m["k" .. i] = i end end,
  function(m) m.__mode = "k" end,
  function(m) setmetatable(m, { __index = A }) end,
}

local objects = {}
local function make()
  local o = random(3) == 1 and { x = random(9), y = 2 } or { x = random(9) }
  return setmetatable(o, makers[random(#makers)]())
end
for i = 1, 24 do objects[i] = make() end

local actions = {
  function(i) objects[i] = make() end,
  function(i) note(objects[i].kind) end,
  function(i) local get = objects[i].get; if type(get) == "function" then note(get(objects[i])) else note(get) end end,
  function(i) note(pcall(function() return #objects[i] end)) note(#objects[i]) end,
  function(i) note((pcall(function() return objects[i](3) end))) end,
  function(i) note(objects[i] == objects[random(24)]) end,
  function(i) note((pcall(function() return objects[i] .. objects[i] end))) end,
  function(i) objects[i]["f" .. random(5)] = random(100) end,
  function(i) objects[i].x = random(100) end,
  function(i) objects[i][1] = i end,
  function(i) local n = 0; for _ in pairs(objects[i]) do n = n + 1 end note(n) end,
  function(i) note(getmetatable(objects[i]) == getmetatable(objects[random(24)])) end,
  function(i) local m = getmetatable(objects[i]); if m and random(4) == 1 then changes[random(#changes)](m) end end,
  function(i) if random(6) == 1 then setmetatable(objects[i], nil) end end,
  function(i) setmetatable(objects[i], getmetatable(objects[random(24)])) end,
  function(i) if random(4) == 1 then setmetatable(objects[i], makers[random(#makers)]()) end end,
  function(i) if random(8) == 1 then getmetatable(setmetatable({}, { __index = objects[i] })).z = 1; note(setmetatable({}, { __index = objects[i] }).kind) end end,
  function(i) local m = getmetatable(objects[i]); note(m and m.__index ~= nil) end,
  function() if random(100) == 1 then collectgarbage(random(2) == 1 and "collect" or "step") end end,
}
for round = 1, 30 do
  for _ = 1, 400 do
    actions[random(#actions)](random(24))
  end
  if round % 10 == 0 then print(round, events, hash) end
end
