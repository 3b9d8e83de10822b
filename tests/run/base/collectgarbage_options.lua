-- collectgarbage options whose results are stable.
collectgarbage("incremental") -- the mode at the start is the interpreter's choice
print(collectgarbage(), collectgarbage("collect"))
print(math.type(collectgarbage("count")), collectgarbage("count") > 0)
print(collectgarbage("isrunning"))
print(collectgarbage("stop"), collectgarbage("isrunning"))
print(collectgarbage("restart"), collectgarbage("isrunning"))
print(type(collectgarbage("step")), type(collectgarbage("step", 100)))
local old = collectgarbage("generational")
print(old, collectgarbage("generational"), collectgarbage("incremental"), collectgarbage("incremental"))
collectgarbage(old)
print(pcall(collectgarbage, "nonsense"))
print(pcall(collectgarbage, {}))
print(pcall(collectgarbage, "step", "x"))
print(type(collectgarbage("setpause", 200)), collectgarbage("setpause", 100), type(collectgarbage("setstepmul", 200)), collectgarbage("setstepmul", 100))
local before = collectgarbage("count")
local big = {}
for i = 1, 1000 do big[i] = ("x"):rep(1000) .. i end
local mid = collectgarbage("count")
print(mid > before + 900)
big = nil
collectgarbage()
collectgarbage()
print(collectgarbage("count") < mid - 800)
print(collectgarbage("incremental", 100, 200, 10))
print(collectgarbage("generational", 20, 100))
print(collectgarbage("incremental"))
for i = 1, 10 do collectgarbage("step", 0) end
collectgarbage("stop")
local t = setmetatable({ {} }, { __mode = "v" })
for i = 1, 100 do local _ = { i } end
collectgarbage("restart")
collectgarbage()
print(t[1])
repeat until collectgarbage("step", 100000)
print "cycle done"
