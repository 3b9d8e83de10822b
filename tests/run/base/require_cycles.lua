-- Modules that require each other; module tables returned early.
package.preload.a = function(n)
  local M = {}
  package.loaded[n] = M
  M.b = require "b"
  function M.hi() return "a says hi to " .. M.b.name end
  return M
end
package.preload.b = function(n)
  local M = { name = "b" }
  package.loaded[n] = M
  M.a = require "a"
  function M.hi() return "b sees a: " .. tostring(M.a ~= nil) end
  return M
end
local a = require "a" print(a.hi(), a.b.hi(), a.b.a == a, require "b" == a.b)
package.preload.loop = function() return pcall(require, "loop2") end
package.preload.loop2 = function() return "two" end
print(require "loop")
local count = 0
package.preload.fails = function()
  count = count + 1
  if count < 3 then error("attempt " .. count, 0) end
  return "third time"
end
for i = 1, 4 do print(pcall(require, "fails")) end
print(count)
package.preload.cls = function()
  local C = {}
  C.__index = C
  function C.new(v) return setmetatable({ v = v }, C) end
  function C:get() return self.v end
  return C
end
print(require("cls").new(5):get(), require "cls".new(6):get())
for _, lib in ipairs { "string", "table", "math", "io", "os", "coroutine", "utf8", "debug", "package", "_G" } do
  io.write(lib, "=", tostring(require(lib) == package.loaded[lib]), " ")
end
print() print(require "_G" == _G)
package.loaded.string2 = string
print(require "string2" == string)
package.loaded.fails = nil
count = 2
print(require "fails")
