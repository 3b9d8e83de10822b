-- Endless __index and __newindex chains are detected.
local a = {}
setmetatable(a, { __index = a, __newindex = a })
print(pcall(function() return a.x end))
print(pcall(function() a.x = 1 end))
local b, c = {}, {}
setmetatable(b, { __index = c, __newindex = c })
setmetatable(c, { __index = b, __newindex = b })
print(pcall(function() return b.x end))
print(pcall(function() b.x = 1 end))
local chain = { last = "found" }
for i = 1, 50 do chain = setmetatable({}, { __index = chain }) end
print(chain.last, chain.nothing)
local w = { }
for i = 1, 50 do w = setmetatable({}, { __newindex = w }) end
w.k = 1
print(rawget(w, "k"))
