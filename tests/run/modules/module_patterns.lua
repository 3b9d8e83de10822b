-- Ways to write modules: tables, closures, constructors, environments; state that is shared or not.
package.preload.counter = function()
  local M, n = {}, 0
  function M.inc() n = n + 1 return n end
  return M
end
local a, b = require "counter", require "counter"
a.inc() b.inc()
print(a.inc(), a == b)
package.loaded.counter = nil
local c = require "counter"
print(c.inc(), c ~= a, a.inc())

-- A module that is a function, a string, a class with a constructor.
package.preload.adder = function() return function(x) return function(y) return x + y end end end
print(require "adder" (1)(2))
package.preload.version = function() return "1.2.3" end
print(#require "version")
package.preload.point = function()
  local Point = {}
  Point.__index = Point
  setmetatable(Point, { __call = function(class, x, y) return setmetatable({ x = x, y = y }, class) end })
  Point.__add = function(p, q) return Point(p.x + q.x, p.y + q.y) end
  return Point
end
local P = require "point"
local p = P(1, 2) + P(3, 4)
print(p.x, p.y, getmetatable(p) == P)

-- A module whose functions are globals of its own environment.
package.preload.env = function(...)
  local M = setmetatable({}, { __index = _G })
  local _ENV = M
  function area(r) return r * r * factor end
  factor = 3
  label = (...)
  return M
end
local env = require "env"
print(env.area(2), env.factor, env.label, area, factor)
env.factor = 0.5
print(env.area(2))

-- Lazy submodules through __index, with require called inside.
package.preload["lib.one"] = function(name) return { name = name } end
package.preload["lib.two"] = function(name) return { name = name, one = require "lib.one" } end
package.preload.lib = function(base)
  return setmetatable({}, { __index = function(t, k)
    local ok, sub = pcall(require, base .. "." .. k)
    if ok then t[k] = sub return sub end
  end })
end
local lib = require "lib"
print(rawget(lib, "two"), lib.two.one.name, rawget(lib, "two").name, lib.two.one == lib.one, lib.three)
-- Dependency injection: a module is replaced before its user is loaded.
package.loaded.clock = { now = function() return 42 end }
package.preload.user = function() local clock = require "clock" return { stamp = function() return clock.now() end } end
print((require "user").stamp())
package.loaded.clock = { now = function() return 43 end }
print((require "user").stamp())
package.loaded.user = nil
print((require "user").stamp())
