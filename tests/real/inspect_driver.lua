-- inspect.lua: printing tables of all shapes, with cycles, metatables, options and processing functions.
local inspect = require("inspect")
local harness = require("harness")

local cyclic = { 1, 2, name = "loop" }
cyclic.self = cyclic
cyclic.nested = { parent = cyclic, list = { cyclic, {}, "x" } }
print(inspect(cyclic))
print(inspect(setmetatable({ a = 1, ["b c"] = 2, [3.5] = 3, [true] = 4 }, { __index = {}, __tostring = nil })))
print(inspect({ print, print, coroutine.create(print), io.stdout, 1 / 0, -1 / 0, 1e100, 2 ^ 53, -0.0 }))
print(inspect("quo\"tes' \\ \1\0002\t\n\127"), inspect(12), inspect(nil), inspect({}), inspect({ {} }))
print(inspect({ a = { b = { c = { d = {} } } } }, { depth = 2 }))
print(inspect({ a = 1, 2, { 3 } }, { newline = "@", indent = "++" }))
print(inspect({ secret = 1, shown = { secret = 2, ok = 3 } }, {
  process = function(item, path)
    if path[#path] ~= "secret" and path[#path] ~= inspect.METATABLE then
      return item
    end
  end,
}))
for _, document in ipairs(harness.documents(7, 12, 4)) do
  print(inspect(document))
end
local total = 0
for _, document in ipairs(harness.documents(11, 500, 6)) do
  total = total + #inspect(document)
end
print(total)
