-- Without the close flag neither finalizers nor <close> variables run.
local g = setmetatable({}, { __gc = function() print "never" end })
local c <close> = setmetatable({}, { __close = function() print "never" end })
print "exit"
os.exit(3)
