-- Multiple inheritance through a search function, mixins and late binding.
local function search(k, parents)
  for _, p in ipairs(parents) do
    local v = p[k]
    if v ~= nil then return v end
  end
end
local function class(...)
  local parents, c = { ... }, {}
  setmetatable(c, { __index = function(_, k) return search(k, parents) end })
  c.__index = c
  function c.new(o) return setmetatable(o or {}, c) end
  return c
end
local Named = { name = function(self) return self.n end, set = function(self, n) self.n = n return self end }
local Counted = { count = 0, inc = function(self) self.count = self.count + 1 return self end }
local Both = class(Named, Counted)
local a, b = Both.new(), Both.new { n = "b" }
a:set("a"):inc():inc()
b:inc()
print(a:name(), a.count, b:name(), b.count, Both.count, rawget(Counted, "count"))
Counted.inc = function(self) self.count = self.count + 10 return self end
print(a:inc().count, b:inc().count)
Named.count = 100
print(Both.new().count, Both.new().nothing)
local Sub = class(Both)
function Sub:name() return "sub " .. Both.name(self) end
print(Sub.new({ n = "x" }):name(), Sub.new({ n = "y" }):inc().count)
