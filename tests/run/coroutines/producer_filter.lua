-- Chained producers and filters with values, nils and early termination.
local function producer(...)
  local items = table.pack(...)
  return coroutine.create(function() for i = 1, items.n do coroutine.yield(items[i]) end return "done" end)
end
local function receive(co)
  local ok, v = coroutine.resume(co)
  return v, coroutine.status(co)
end
local function filter(co, f)
  return coroutine.create(function()
    while true do
      local v, st = receive(co)
      if st == "dead" then return v end
      coroutine.yield(f(v))
    end
  end)
end
local c = filter(filter(producer(1, nil, 3), function(v) return v and v * 2 end), function(v) return tostring(v) end)
while true do
  local v, st = receive(c)
  io.write(tostring(v), "/", st, " ")
  if st == "dead" then break end
end
print()
local early = producer("a", "b")
print(receive(early)) print(coroutine.close(early), coroutine.status(early)) print(coroutine.resume(early))
local function merge(...)
  local cos = { ... }
  return coroutine.wrap(function()
    while #cos > 0 do
      for i = #cos, 1, -1 do
        local v, st = receive(cos[i])
        if st == "dead" then table.remove(cos, i) else coroutine.yield(v) end
      end
    end
  end)
end
for v in merge(producer(1, 2, 3), producer("x", "y"), producer()) do io.write(tostring(v), " ") end
print()
