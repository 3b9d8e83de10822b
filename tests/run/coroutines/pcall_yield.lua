-- Yields across pcall, xpcall, error handlers, nested protection.
local co = coroutine.wrap(function()
  local ok, v = pcall(function() local x = coroutine.yield("in pcall") return x * 2 end)
  print("pcall", ok, v)
  ok, v = pcall(function() coroutine.yield("before error") error("after yield", 0) end)
  print("pcall", ok, v)
  ok, v = xpcall(function(a) coroutine.yield("xpcall " .. a) error("E", 0) end, function(m)
    return "handled " .. m
  end, "arg")
  print("xpcall", ok, v)
  ok, v = pcall(pcall, function() coroutine.yield("nested") error("deep", 0) end)
  print("nested", ok, v)
  print("select", select("#", pcall(coroutine.yield, "direct")))
  return "end"
end)
print(co()) print(co(21)) print(co()) print(co()) print(co()) print(co(1, 2, 3)) print(pcall(co))
local depth = coroutine.wrap(function()
  local function rec(n)
    if n == 0 then coroutine.yield("bottom") error("up", 0) end
    local ok, e = pcall(rec, n - 1)
    error(e .. n, 0)
  end
  return pcall(rec, 5)
end)
print(depth()) print(depth())
local many = coroutine.wrap(function()
  for i = 1, 20 do pcall(function() if i % 2 == 0 then error "x" end coroutine.yield(i) end) end
  return "fin"
end)
local r = {} for i = 1, 11 do r[i] = tostring(many()) end print(table.concat(r, " "))
local a = coroutine.wrap(function() return pcall(error, coroutine.yield(1)) end) a() print(a("msg"))
