-- __index, __newindex and __gc on one object; access inside the finalizer.
local store = {}
do
  local o = setmetatable({ own = 1 }, {
    __index = function(_, k) return "virtual " .. k end,
    __newindex = function(t, k, v) rawset(t, k, v .. "!") end,
    __gc = function(o)
      o.late = "set in gc"
      store[1] = { o.own, o.missing, o.late }
    end,
  })
  o.a = "x"
  print(o.own, o.a, o.b)
end
collectgarbage()
print(table.unpack(store[1]))
