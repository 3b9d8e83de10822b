-- Finalizers that allocate, collect, yield attempts, create coroutines; closing state.
local log = {}
setmetatable({}, { __gc = function() local t = {} for i = 1, 200 do t[i] = { i } end log[#log + 1] = #t end })
collectgarbage()
print(log[1])
setmetatable({}, { __gc = function() collectgarbage() log[#log + 1] = "nested collect" end })
collectgarbage()
print(log[2])
setmetatable({}, { __gc = function()
  local co = coroutine.wrap(function() coroutine.yield(1) return 2 end)
  log[#log + 1] = co() + co()
end })
collectgarbage()
print(log[3])
setmetatable({}, { __gc = function()
  setmetatable({}, { __gc = function() log[#log + 1] = "second generation" end })
end })
collectgarbage()
collectgarbage()
print(log[4])
setmetatable({}, { __gc = function() log[#log + 1] = pcall(error, "inside") end })
collectgarbage()
print(log[5])
setmetatable({}, { __gc = function(...) log[#log + 1] = select("#", ...) end })
collectgarbage()
print(log[6])
local n = 0 for i = 1, 300 do setmetatable({}, { __gc = function() n = n + 1 end }) end collectgarbage() print(n)
local env = {}
for i = 1, 20 do local id = i setmetatable({}, { __gc = function() env[id] = true end }) end
collectgarbage()
local c = 0
for _ in pairs(env) do c = c + 1 end
print(c)
local co = coroutine.wrap(function()
  local o = setmetatable({}, { __gc = function() log.co = "collected in coroutine" end })
  o = nil
  collectgarbage()
  coroutine.yield(log.co)
end)
print(co())
print(coroutine.isyieldable(), (function()
  local r
  setmetatable({}, { __gc = function() r = coroutine.isyieldable() end })
  collectgarbage()
  return r
end)())
A = setmetatable({}, { __gc = function() print("closing state: A") end })
B = setmetatable({}, { __gc = function() print("closing state: B") end })
C = setmetatable({}, { __gc = function() print("closing state: C", A ~= nil) end })
print "end of program"
