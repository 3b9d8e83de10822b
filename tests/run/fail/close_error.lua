local c <close> = setmetatable({}, { __close = function(_, e) error("close failed after " .. tostring(e), 0) end })
error("first", 0)
