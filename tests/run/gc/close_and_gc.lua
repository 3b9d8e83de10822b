-- Objects with both __close and __gc, locals that die early or late.
local log = {}
local mt = { __close = function(o) log[#log + 1] = "close " .. o.n end, __gc = function(o)
  log[#log + 1] = "gc " .. o.n
end }
do local a <close> = setmetatable({ n = "a" }, mt) end collectgarbage() print(table.concat(log, ", ")) log = {}
local function f() local b <close> = setmetatable({ n = "b" }, mt) return "r" end
print(f())
collectgarbage()
print(table.concat(log, ", "))
log = {}
do local c = setmetatable({ n = "c" }, mt) c = nil collectgarbage() print(table.concat(log, ", ")) end log = {}
local co = coroutine.create(function() local d <close> = setmetatable({ n = "d" }, mt) coroutine.yield() end)
coroutine.resume(co)
co = nil
collectgarbage()
print(table.concat(log, ", "))
log = {}
co = coroutine.create(function() local e <close> = setmetatable({ n = "e" }, mt) coroutine.yield() end)
coroutine.resume(co)
coroutine.close(co)
co = nil
collectgarbage()
print(table.concat(log, ", "))
log = {}
pcall(function() local g <close> = setmetatable({ n = "g" }, mt) error "x" end)
collectgarbage()
print(table.concat(log, ", "))
log = {}
for i = 1, 3 do local h <close> = setmetatable({ n = "h" .. i }, mt) end
collectgarbage()
table.sort(log)
print(table.concat(log, ", "))
