-- An error value survives collections made by __close while it is on its way to a protected call.
local shared = setmetatable({}, { __close = function() collectgarbage() end })
local nested = { pcall(pcall,function(...) local c <close> = shared; error({ 1, 2, 3 }) end) }
print(nested[3][3])
local function collect() collectgarbage() local t = {} t.x = { 1 } end
local function closer() return setmetatable({}, { __close = collect }) end
local function fail(...)
  local a <close> = closer()
  local b <close> = closer()
  error({ "value", select("#", ...), ... })
end
local function show(...)
  local e = select(select("#", ...), ...)
  print(select("#", ...), e[1], e[2], e[#e])
end
show(pcall(fail, 1, 2, 3)) show(pcall(pcall, fail, 4, 5)) show(xpcall(pcall, print, fail, "x"))
show(pcall(xpcall, fail, function(e) collectgarbage() return e end, {}, 7))
show(coroutine.resume(coroutine.create(fail), 8, 9))
show(coroutine.wrap(function() return pcall(pcall, fail, 10) end)())
show(select(2, pcall(string.gsub, "x", "x", function() fail(11) end)),
  select(2, pcall(table.sort, { 1, 2 }, fail)))
local co = coroutine.create(function() local c <close> = closer() coroutine.yield() end)
coroutine.resume(co)
print(coroutine.close(co))
local function generic()
  for _ in next, {}, nil, closer() do end
  for i in function(_, i) fail(i) end, nil, 12, closer() do end
end
show(pcall(generic)) show(pcall(pcall, generic))
debug.sethook(function() collectgarbage() end, "c")
local results = table.pack(pcall(fail, 13))
debug.sethook()
show(table.unpack(results))
