-- The error that ended a coroutine waits for coroutine.close, whatever is collected meanwhile.
local cos = {}
for i = 1, 20 do
  local co = coroutine.create(function(a, b)
    local x, y, z = {}, {}, {}
    error({ "error " .. i, x })
  end)
  print((coroutine.resume(co, i)))
  cos[i] = co
end
collectgarbage()
for i = 1, 100 do local t = { i .. "" } end
for i = 1, 20 do
  print(coroutine.resume(cos[i]))
  local ok, e = coroutine.close(cos[i])
  print(ok, type(e) == "table" and e[1], coroutine.close(cos[i]))
end
