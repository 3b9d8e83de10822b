-- Methods are redefined, removed and shadowed by fields while the loop that calls them is hot.
local Class = {}
Class.__index = Class
function Class.new(v) return setmetatable({ v = v }, Class) end
function Class:get() return self.v end
function Class:step(d) self.v = self.v + d return self end
local function run(o, n, events)
  local s = 0
  for i = 1, n do
    local e = events[i]
    if e then e(o) end
    s = s + o:step(1):get()
  end
  return s, o.v
end
local get, step = Class.get, Class.step
local function reset() Class.get, Class.step = get, step end
print(run(Class.new(0), 400, {}))
print(run(Class.new(0), 400, { [200] = function() function Class:get() return -self.v end end })) reset()
print(run(Class.new(0), 400, { [200] = function() function Class:step(d) self.v = self.v + d / 2 return self end end }))
reset()
print(run(Class.new(0), 400, { [200] = function(o) o.get = function() return 1 end end,
  [300] = function(o) o.get = nil end }))
print(pcall(run, Class.new(0), 400, { [200] = function() Class.get = nil end })) reset()
print(pcall(run, Class.new(0), 400, { [200] = function() Class.step = 5 end })) reset()
print(pcall(run, Class.new(0), 400, { [200] = function(o) setmetatable(o, nil) end }))
print(run(Class.new(0), 400, { [200] = function()
  Class.get = setmetatable({}, { __call = function(_, self) return self.v * 1000 end })
end }))
reset()

-- A method redefines itself, and another one while it runs.
local Once = {}
Once.__index = Once
function Once:init() self.count = 1 Once.init = function(s) s.count = s.count + 1 end end
local o = setmetatable({}, Once)
for _ = 1, 500 do o:init() end
print(o.count)
local Ping = { hits = 0 }
function Ping:a() self.hits = self.hits + 1 if self.hits == 250 then self.b = self.c end return self:b() end
function Ping:b() return 1 end
function Ping:c() return 2 end
local s = 0
for _ = 1, 500 do s = s + Ping:a() end
print(s, Ping.hits)

-- The receiver changes class; the same call goes to objects of two classes by turns.
local Other = { __index = {
  get = function(self) return self.v * 2 end,
  step = function(self) self.v = -self.v return self end,
} }
print(run(Class.new(3), 400, { [100] = function(x) setmetatable(x, Other) end,
  [300] = function(x) setmetatable(x, Class) end }))
local pair = { Class.new(1), setmetatable({ v = 1 }, Other) }
s = 0
for i = 1, 600 do s = s + pair[i % 2 + 1]:step(i):get() end
print(s, pair[1].v, pair[2].v)

-- Methods of strings.
local text, n = "abc", 0
local upper = string.upper
for i = 1, 400 do
  if i == 200 then string.upper = function(x) return x .. x end end
  n = n + #text:upper()
end
string.upper = upper
print(n, text:upper())
