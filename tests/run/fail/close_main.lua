-- <close> variables of the main chunk are closed when it fails.
local c <close> = setmetatable({}, { __close = function(_, e) print("closing", e) end })
error("main failed")
