print(xpcall(function() error("caught one") end, debug.traceback))
local function f() local x = "a" + 1 end
f()
