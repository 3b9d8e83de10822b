-- __gc runs in reverse order of marking; resurrection; only marked objects.
local log = {} local function obj(n) return setmetatable({ n = n }, { __gc = function(o) log[#log + 1] = o.n end }) end
do local a, b, c = obj "a", obj "b", obj "c" end collectgarbage() print(table.concat(log, " ")) log = {}
do
  local mt = {}
  local late = setmetatable({ n = "late" }, mt)
  mt.__gc = function(o) log[#log + 1] = o.n end
end
collectgarbage()
print(#log)
do
  local mt = { __gc = true }
  local o = setmetatable({}, mt)
  mt.__gc = function() log[#log + 1] = "set later" end
end
collectgarbage()
print(table.concat(log, " "))
log = {}
local saved
do setmetatable({ v = 7 }, { __gc = function(o) saved = o end }) end
collectgarbage()
print(saved and saved.v)
saved = nil
collectgarbage()
print(saved)
local times = 0
do
  setmetatable({}, { __gc = function(o)
    times = times + 1
    if times < 3 then setmetatable(o, getmetatable(o)) end
  end })
end
for i = 1, 5 do collectgarbage() end
print(times)
collectgarbage("stop") for i = 1, 10 do obj(i) end collectgarbage("restart") collectgarbage() print(table.concat(log, " ")) log = {}
do local parent = obj "parent" parent.child = obj "child" end
collectgarbage()
collectgarbage()
print(table.concat(log, " "))
log = {}
do local x, y = obj "x", obj "y" x.o, y.o = y, x end collectgarbage() print(table.concat(log, " ")) log = {}
local w = setmetatable({}, { __mode = "v" })
local wk = setmetatable({}, { __mode = "k" })
do
  local o = setmetatable({}, { __gc = function(o)
    log[#log + 1] = tostring(w[1]) .. "," .. tostring(wk[o])
  end })
  w[1] = o
  wk[o] = "still keyed"
end
collectgarbage()
print(log[1])
collectgarbage()
print(next(wk))
log = {}
do local o = obj "changed" getmetatable(o).__gc = function() log[#log + 1] = "new handler" end end
collectgarbage()
print(log[1])
do local o = obj "none" getmetatable(o).__gc = nil end
collectgarbage()
print(#log)
