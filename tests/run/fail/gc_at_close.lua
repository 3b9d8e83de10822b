-- Finalizers run after an uncaught error.
G = setmetatable({}, { __gc = function() print "finalized" end })
local x = nil + 1
