-- What __index chains find in weak tables is gone when the collector has cleared it.
local M = setmetatable({}, {__mode="v"}); M.__index = {foo=1, bar={2}}
local o = setmetatable({}, M)
local function get() return o.foo, o.bar end
get(); get(); collectgarbage() collectgarbage();
local junk = {} for i = 1, 1000 do junk[i] = {x=i, y={}} end
print(get())
M.__index = nil
local P = setmetatable({foo = {"p"}}, {__mode="v"})
local Q = setmetatable({}, {__index = P})
setmetatable(P, {__mode="v", __index={foo="deeper"}})
local function g2() return Q.foo end
g2() g2()
collectgarbage()
print(g2())
