-- Message handlers that fail, change the value, look at the stack or are not functions.
print(xpcall(error, function(m) return m, "dropped" end, "m"))
print(xpcall(function() error("first", 0) end, function(m) error("second", 0) end))
print(xpcall(function() error("x", 0) end, function(m) local t = nil ; return t.x end))
print(xpcall(function() local a = 1 + {} end, function(m) return { m } end) == false)
print(xpcall(function() error({ n = 1 }) end, function(e) e.n = e.n + 1 return e.n end))
local lines = {}
print(xpcall(function()
  local function f() error("deep") end
  f()
end, function(m)
  for i = 2, 5 do
    local info = debug.getinfo(i, "nSl")
    if info then lines[#lines + 1] = (info.name or "?") .. ":" .. info.currentline end
  end
  return m
end))
print(table.concat(lines, " "))
print(xpcall(function()
  local loc = 42;
  error("x", 0)
end, function(m)
  for i = 1, 10 do local n, v = debug.getlocal(3, i) if n == "loc" then return m .. ":loc=" .. v end end
  return m
end))
print(xpcall(pcall, print, error, "inner")) print(xpcall(function()
  return xpcall(error, function(m) return "in:" .. m end, "E")
end, function(m) return "out:" .. m end))
print(xpcall(function()
  xpcall(error, function() error("handler fails", 0) end, "E")
  error("after", 0)
end, function(m) return "outer " .. m end))
local co = coroutine.wrap(function()
  return xpcall(function() coroutine.yield("mid") error("late", 0) end, function(m) return "H" .. m end)
end)
print(co()) print(co())
print(pcall(xpcall, error, nil))
print(xpcall(error, print, "printed by handler"))
print(xpcall(error, string.upper, "upper"))
print(xpcall(error, setmetatable({}, { __call = function(_, m) return "callable " .. m end }) and function(m)
  return "fn " .. m
end, "x"))
print(xpcall(error, function(m) coroutine.wrap(function() end)() return "co in handler " .. m end, "x"))
print(xpcall(error, coroutine.running and function(m) return select(2, coroutine.running()) end, "x"))
