-- package.preload: loaders given by the program come before files, and are asked once.
local calls = 0
package.preload["virtual.mod"] = function(name, extra)
  calls = calls + 1
  return { name = name, extra = extra, n = calls }
end
local m, data = require "virtual.mod"
print(m.name, m.extra, m.n, data)
print(require "virtual.mod" == m, calls, package.loaded["virtual.mod"] == m)
package.loaded["virtual.mod"] = nil
print((require "virtual.mod").n, calls)

-- What a loader returns: nothing, false, nil after it set package.loaded itself, several values.
package.preload.nothing = function() end
package.preload.falsy = function() calls = calls + 1 return false end
package.preload.itself = function(name) package.loaded[name] = "set inside" end
package.preload.many = function() return "first", "second" end
print(require "nothing", package.loaded.nothing)
local before = calls
print(require "falsy", package.loaded.falsy, (require "falsy"), calls - before)
print(require "itself", package.loaded.itself)
print(select("#", require "many"), require "many")

-- Loaders that raise leave nothing behind; loaders that are not functions.
package.preload.broken = function() error("cannot load", 0) end
print(pcall(require, "broken")) print(package.loaded.broken, pcall(require, "broken"))
package.preload.object = function() error({ code = 3 }) end
local ok, e = pcall(require, "object")
print(ok, type(e), e.code)
package.preload.callable = setmetatable({}, { __call = function(_, name) return "called for " .. name end })
print((pcall(require, "callable")))

-- Modules that require each other, and themselves.
package.preload.ping = function() return { name = "ping", other = package.loaded.pong } end
package.preload.pong = function() local p = require "ping" return { name = "pong", other = p } end
local pong = require "pong"
print(pong.name, pong.other.name, pong.other.other)
package.preload.self = function(name)
  if package.loaded[name] == nil then package.loaded[name] = "half" end
  return "whole after " .. tostring(require(name))
end
print(require "self")
-- A preload table with a metatable; names that are not identifiers.
setmetatable(package.preload, { __index = function(_, name)
  if name:find "^auto:" then return function(n) return n:upper() end end
end })
print(require "auto:thing", require "auto:thing") print((pcall(require, "other:thing")))
setmetatable(package.preload, nil)
package.preload["with spaces/and.dots"] = function(n) return #n end
print((require "with spaces/and.dots"), pcall(require)) print(pcall(require, {}))
