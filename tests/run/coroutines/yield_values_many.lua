-- Many values through yield and resume, vararg bodies, wrap inside wrap.
local function echo(...)
  while true do
    io.write(select("#", ...), ";");
    (function(...) return ... end)(...);
    local n = select("#", ...);
    local p = table.pack(coroutine.yield(...));
    if p.n == 0 then return n end;
    return echo(table.unpack(p, 1, p.n))
  end
end
local co = coroutine.create(echo)
print(coroutine.resume(co, 1, nil, 3))
print(coroutine.resume(co, "a", "b"))
print(coroutine.resume(co, nil))
print(coroutine.resume(co))
print(coroutine.status(co))
local big = {}
for i = 1, 1000 do big[i] = i end
co = coroutine.wrap(function(...)
  local sum = 0
  for _, v in ipairs { ... } do sum = sum + v end
  local t = table.pack(coroutine.yield(sum, ...))
  return t.n, t[t.n]
end)
print(select("#", co(table.unpack(big))))
print(co(table.unpack(big, 1, 500)))
local nested = coroutine.wrap(function()
  local inner = coroutine.wrap(function() coroutine.yield(coroutine.yield("i1")) return "i3" end)
  coroutine.yield(inner())
  coroutine.yield(inner("i2"))
  coroutine.yield(inner())
end)
print(nested(), nested(), nested())
