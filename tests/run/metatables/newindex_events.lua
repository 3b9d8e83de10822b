-- __newindex as function and as table, only for absent keys.
local store = {}
local t = setmetatable({ have = 1 }, { __newindex = function(t, k, v)
  store[#store + 1] = k .. "=" .. tostring(v)
  rawset(t, k, v)
end })
t.have = 2 t.new = 3 t.new = 4 t[1] = "one" t[1] = "uno"
print(t.have, t.new, t[1], table.concat(store, " "))
t.new = nil t.new = "again"
print(table.concat(store, " "))
local target = {}
local proxy = setmetatable({}, { __newindex = target, __index = target })
proxy.x = 10 proxy.y = 20
print(rawget(proxy, "x"), target.x, proxy.x, next(proxy))
local ro = setmetatable({}, { __newindex = function(_, k) error("readonly " .. k, 2) end })
print(pcall(function() ro.field = 1 end))
local chain = setmetatable({}, { __newindex = setmetatable({}, { __newindex = function(t, k, v)
  print("end of chain", k, v)
end }) })
chain.q = 5
print(pcall(function() setmetatable({}, { __newindex = 5 }).x = 1 end))
print(pcall(function() local n n.x = 1 end))
print(pcall(function() ("str").x = 1 end))
local loop = {}
setmetatable(loop, { __newindex = function(t, k, v)
  if v > 0 then t[k .. "x"] = v - 1 else rawset(t, "stop", k) end
end })
loop.k = 3
print(loop.stop)
local absent_nil = setmetatable({}, { __newindex = function() print "called for nil" end })
absent_nil.z = nil
for i = 1, 3 do absent_nil[i] = i end
