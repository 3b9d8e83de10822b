-- Finalizers that bring their objects back, objects finalized again, and chains of both.
local saved
local obj = setmetatable({ name = "phoenix" }, { __gc = function(o) saved = o end })
obj = nil
collectgarbage()
print(saved and saved.name)
saved = nil
collectgarbage()
print(saved)
-- Marked again by setmetatable in the finalizer, it is finalized each time.
local count, mt = 0, nil
mt = { __gc = function(o) count = count + 1 if count < 5 then setmetatable(o, mt) end end }
setmetatable({}, mt)
for i = 1, 8 do collectgarbage() end
print(count)
-- A resurrected object keeps what it refers to; weak tables behave differently for keys and values.
local wk, wv = setmetatable({}, { __mode = "k" }), setmetatable({}, { __mode = "v" })
local back
do
  local part = { "part" }
  local whole = setmetatable({ part = part }, { __gc = function(o) back = o end })
  wk[whole], wv.whole, wv.part, wk[part] = "key", whole, part, "part key"
end
collectgarbage()
print(back.part[1], wv.whole, wv.part == nil or wv.part == back.part, wk[back], wk[back.part])
back = nil
collectgarbage()
print(next(wk), next(wv))
-- Objects that refer to each other are all finalized once, in reverse order of marking.
local order = {}
do
  local list = {}
  for i = 1, 6 do list[i] = setmetatable({ i = i }, { __gc = function(o) order[#order + 1] = o.i .. "-" .. o.peer.i end }) end
  for i = 1, 6 do list[i].peer = list[i % 6 + 1] end
end
collectgarbage()
print(table.concat(order, " "))
-- __gc must be there when the metatable is set; it may be anything, and change later.
local late, called = {}, {}
do local a = setmetatable({}, late) end
late.__gc = function() called[#called + 1] = "late" end
collectgarbage()
print(#called)
local flag = { __gc = true }
do local b = setmetatable({}, flag) end
flag.__gc = function() called[#called + 1] = "changed" end
collectgarbage()
print(called[1])
do local c = setmetatable({}, { __gc = 5 }) local d = setmetatable({}, { __gc = "text" }) end
collectgarbage()
-- A finalizer that creates objects with finalizers; closures kept by a finalizer.
local made = 0
local spawn
spawn = function(n) setmetatable({}, { __gc = function() made = made + 1 if n > 0 then spawn(n - 1) end end }) end
spawn(4)
for _ = 1, 8 do collectgarbage() end
print(made)
local keep
do local secret = { "secret" } setmetatable({}, { __gc = function() keep = function() return secret[1] end end }) end
collectgarbage() collectgarbage()
print(keep())
