-- debug.getinfo fields for Lua, C and main functions.
local function f(a, b, ...) return debug.getinfo(1, "nSlutf") end
local i = f()
print(i.name, i.namewhat, i.short_src, i.source, i.what, i.currentline, i.linedefined, i.lastlinedefined, i.nups, i.nparams, i.isvararg, i.istailcall, i.func == f)
i = debug.getinfo(print)
print(i.what, i.short_src, i.source, i.currentline, i.linedefined, i.nups, i.nparams, i.isvararg, i.func == print, i.name)
i = debug.getinfo(1)
print(i.what, i.name, i.namewhat, i.linedefined, i.lastlinedefined, i.isvararg, i.nparams)
local function tail() return f() end
i = tail()
print(i.istailcall, i.name, i.namewhat)
local function call() local r = f() return r end
print(call().name, call().istailcall)
local t = { m = f }
function t:n() local x = t.m() return x end
print(t.m().name, t.m().namewhat, t:n().name)
g = f
i = g()
print(i.name, i.namewhat)
g = nil
local lines = {}
for l in pairs(debug.getinfo(call, "L").activelines) do lines[#lines + 1] = l end
table.sort(lines)
print(table.concat(lines, " "))
print(debug.getinfo(100), pcall(debug.getinfo, 1, "x"), pcall(debug.getinfo, 1, ">S"))
print(pcall(debug.getinfo)) print(pcall(debug.getinfo, {}))
print(debug.getinfo(-1) == nil, pcall(debug.getinfo, "x"))
local meta = setmetatable({}, { __index = function(t, k)
  local i = debug.getinfo(1, "n")
  return tostring(i.name) .. "/" .. i.namewhat
end, __add = function()
  local i = debug.getinfo(1, "n")
  return i.name .. "/" .. i.namewhat
end, __lt = function() local i = debug.getinfo(1, "n") print(i.name, i.namewhat) end, __concat = function()
  return debug.getinfo(1, "n").name
end, __len = function() return debug.getinfo(1, "n").name end, __call = function()
  return tostring(debug.getinfo(1, "n").name)
end, __unm = function() return debug.getinfo(1, "n").name end, __eq = function()
  print(debug.getinfo(1, "n").name)
end })
print(meta.x, meta + 1, meta < 1, meta .. "", #meta, -meta, meta == setmetatable({}, getmetatable(meta)), (meta()))
for _ in function(_, c)
  if not c then local i = debug.getinfo(1, "n") print(i.name, i.namewhat) return 1 end
end do end
local co = coroutine.create(function(x) local y = x coroutine.yield(y) end)
coroutine.resume(co, 1)
i = debug.getinfo(co, 1, "Sl")
print(i.what, i.currentline, debug.getinfo(co, 0, "S").what, debug.getinfo(co, 5))
print(debug.getinfo(load("return 1", "=name")).short_src, debug.getinfo(load("return 1", "@f.lua")).source, debug.getinfo(load("x = 1\ny = 2")).short_src, debug.getinfo(load("", ("x"):rep(100))).short_src)
i = debug.getinfo(1, "r")
print(i.ftransfer, i.ntransfer)
print(debug.getinfo(function() local a, b, c end, "u").nups, debug.getinfo(function(a, b, c)
  return i, co, t
end, "u").nups, debug.getinfo(function(...) end, "u").isvararg)
