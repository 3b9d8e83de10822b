warn "@on"
collectgarbage "stop"
for i = 1, 2 do setmetatable({}, { __gc = function() error("gc " .. i, 0) end }) end
collectgarbage()
print "still running"
