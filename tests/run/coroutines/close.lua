-- coroutine.close in every state, close of errors, values.
local co = coroutine.create(function() coroutine.yield() end)
print(coroutine.close(co), coroutine.status(co))
co = coroutine.create(function() coroutine.yield(1) end) coroutine.resume(co)
print(coroutine.close(co), coroutine.status(co), coroutine.resume(co))
co = coroutine.create(function() error("dead with error", 0) end) coroutine.resume(co)
print(coroutine.close(co)) print(coroutine.close(co))
co = coroutine.create(function() return 1 end) coroutine.resume(co) print(coroutine.close(co))
co = coroutine.create(function() print(pcall(coroutine.close, (coroutine.running()))) end) coroutine.resume(co)
local outer outer = coroutine.create(function() coroutine.resume(coroutine.create(function() print(pcall(coroutine.close, outer)) end)) end) coroutine.resume(outer)
local order = {}
co = coroutine.create(function()
  local a <close> = setmetatable({}, { __close = function(_, e) order[#order + 1] = "a:" .. tostring(e) end })
  local b <close> = setmetatable({}, { __close = function(_, e) order[#order + 1] = "b:" .. tostring(e) error("from b", 0) end })
  coroutine.yield()
end)
coroutine.resume(co) print(coroutine.close(co)) print(table.concat(order, " ")) print(coroutine.status(co), coroutine.close(co))
local many = {} for i = 1, 50 do many[i] = coroutine.create(function() local c <close> = setmetatable({}, { __close = function() many.n = (many.n or 0) + 1 end }) coroutine.yield() end) coroutine.resume(many[i]) end
for i = 1, 50 do coroutine.close(many[i]) end print(many.n)
