-- Runs one file of the official suite in a process of its own, the way the suite's all.lua runs it: most files go
-- through string.dump and back first, some stripped; some return a value that is checked; big.lua runs as a coroutine.
-- Usage: lua driver.lua NAME     (the working directory is a copy of the suite)
local name = assert(arg[1], "which file?")

ARG = arg -- the files look for the interpreter's own name here
assert(_soft == nil and _port == nil and T == nil)
assert(os.setlocale "C")

function Message(text) print(text) end

local plan = {
  main = {}, gc = { plain = true }, strings = { plain = true }, literals = { plain = true },
  code = { strip = true }, ["goto"] = { strip = true }, sort = { strip = true }, verybig = { strip = true, value = 10 },
  attrib = { value = 27 }, locals = { value = 5 }, events = { value = 12 }, calls = { global = "deep" },
  big = { coroutine = true },
}
local how = plan[name] or {}

local chunk = assert(loadfile(name .. ".lua"))
if not (how.plain or how.coroutine) then
  chunk = assert(load(string.dump(chunk, how.strip)))
end
debug = nil -- a file that needs the library requires it
if name ~= "main" then
  require "tracegc".start()
end

if how.coroutine then
  local step = coroutine.wrap(chunk)
  assert(step() == "b" and step() == "a")
else
  local result = chunk()
  if how.value then assert(result == how.value) end
  if how.global then assert(result and result == _G[how.global]) end
end
assert(debug == nil)
print "official: passed"
