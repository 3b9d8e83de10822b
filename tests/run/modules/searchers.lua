-- package.searchers: order, results of every kind, and messages joined into one error.
print(#package.searchers, type(package.searchers[1]))
local saved = { table.unpack(package.searchers) }
local function only(...)
  for i = #package.searchers, 1, -1 do package.searchers[i] = nil end
  for i, s in ipairs({ ... }) do package.searchers[i] = s end
end
local log = {}
local function logging(tag, result, extra)
  return function(name)
    log[#log + 1] = tag .. ":" .. name
    return result, extra
  end
end
only(logging("first", nil), logging("second", "\n\tnothing from second"), logging("third", 5))
print(pcall(require, "thing")) print(table.concat(log, " ")) log = {}
only(logging("first", "no"), function(name) return function(n, x) return n .. "+" .. tostring(x) end, "extra" end, logging("last"))
print(require "thing") print(table.concat(log, " ")) log = {}
only(logging("a", nil), function() return function(...) return select("#", ...) end end)
print(require "count")
only(function() error("searcher failed", 0) end)
print(pcall(require, "other"))
only()
print(pcall(require, "empty"))
package.searchers = nil
print(pcall(require, "gone"))
package.searchers = { logging("new table", "?") }
print(pcall(require, "fresh"))

-- A searcher that compiles source from a table, with a reload.
local sources = { greet = "local name, where = ... return function(who) return name .. '@' .. where .. ' greets ' .. who end" }
package.searchers = saved
table.insert(package.searchers, 2, function(name)
  local source = sources[name]
  if not source then return "\n\tno source for '" .. name .. "'" end
  return assert(load(source, "=source:" .. name)), "memory"
end)
print(require "greet" "you") print(select(2, require "greet"))
package.loaded.greet = nil
sources.greet = "return 'changed'"
print(require "greet")
sources.bad = "x ="
print(pcall(require, "bad"))
sources.fails = "error 'at run time'"
print(pcall(require, "fails")) print(package.loaded.fails)
print((select(2, pcall(require, "absent.module")):match("^[^\n]*\n[^\n]*\n[^\n]*")))

-- package.loaded holds the libraries under their names.
local names = {}
for k, v in pairs(package.loaded) do if v == _G[k] or k == "_G" and v == _G then names[#names + 1] = k end end
table.sort(names)
print(table.concat(names, " "))
print(require "string" == string, require "_G" == _G, package.loaded.package == package)
