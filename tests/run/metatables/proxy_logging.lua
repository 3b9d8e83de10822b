-- A proxy that records every event that touches it.
local log = {}
local function record(ev, ...) log[#log + 1] = ev .. "(" .. table.concat({ ... }, ",") .. ")" end
local target = { x = 1 }
local proxy = setmetatable({}, {
  __index = function(_, k) record("get", k) return target[k] end,
  __newindex = function(_, k, v) record("set", k, tostring(v)) target[k] = v end,
  __call = function(_, ...) record("call", ...) return ... end,
  __len = function() record("len") return 3 end,
  __pairs = function() record("pairs") return next, target end,
  __unm = function() record("unm") return -1 end,
  __concat = function(a, b) record("concat", type(a), type(b)) return "cat" end,
  __close = function() record("close") end,
  __tostring = function() record("tostring") return "PROXY" end,
})
proxy.y = proxy.x
proxy.x = nil
local _ = proxy(1, 2), #proxy, -proxy, proxy .. "s", "s" .. proxy
for k, v in pairs(proxy) do record("item", k, v) end
print(tostring(proxy), ("%s"):format(proxy))
do local c <close> = proxy end
print(rawget(proxy, "y"), target.x, target.y)
print(table.concat(log, " "))
