local function thrower(n) error("in tail " .. n) end
local function tail(n) return thrower(n) end
local function outer() return tail(5) end
outer()
