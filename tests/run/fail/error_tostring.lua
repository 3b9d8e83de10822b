-- A table with __tostring as an uncaught error: no traceback.
error(setmetatable({}, { __tostring = function() return "custom error object" end }))
