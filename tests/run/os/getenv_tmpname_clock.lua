-- Time functions agree with each other; tmpname files can be used.
local t = os.time()
local d = os.date("*t", t)
print(os.time(d) == t, d.year >= 2024, d.isdst)
print(os.difftime(t + 60, t), os.difftime(0, 86400))
local name = os.tmpname()
local f = assert(io.open(name, "w"))
f:write("x")
f:close()
print(os.rename(name, name .. ".moved"), io.open(name), os.remove(name .. ".moved"))
print(os.getenv("HOME") ~= nil, os.getenv("") == nil, os.getenv("SURELY_NOT_SET_1"))
local c0 = os.clock()
local s = 0
for i = 1, 200000 do s = s + i end
print(os.clock() >= c0, s)
print(os.date("!%Y-%m-%d", 86400 * 365), os.date("!%H:%M:%S", 86399), os.date("!%j", 86400 * 31))
