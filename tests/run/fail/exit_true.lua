-- os.exit(true) with pending buffers and closed state: finalizers run.
local g = setmetatable({}, { __gc = function() print "finalizer at exit" end })
io.write("buffered ")
os.exit(true, true)
