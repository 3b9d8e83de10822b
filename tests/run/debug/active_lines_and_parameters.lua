-- getinfo's static fields: lines, parameters, upvalues, sources; of functions, levels and loaded chunks.
local function one(a, b) local c = a
  return c + b
end
local function none() end
local function var(x, ...)

  local y = x

  return y, ...
end
local upvalue = 1
local function ups() upvalue = upvalue + 1 return one, none end
local function show(f)
  local i = debug.getinfo(f, "SLu")
  local lines = {}
  for l in pairs(i.activelines or {}) do lines[#lines + 1] = l end
  table.sort(lines)
  print(i.what, i.short_src, i.linedefined, i.lastlinedefined, i.nparams, i.isvararg, i.nups, table.concat(lines, " "))
end
show(one) show(none) show(var) show(ups) show(print) show(1) show(string.rep)
show(load("local y = 1\n\nlocal x = 2\nreturn x", "=named")) show(load("for i = 1, 3 do\n  print(i)\nend", "@file.lua"))
show(load("x = 1", "a source text that is used as a name and is far too long to be shown whole in the short form of it"))
show(load("x = 1\ny = 2", "first line\nsecond line")) show(load("return ...", "=" .. ("n"):rep(100))) show(load("return ...", "@" .. ("p/"):rep(60) .. "end.lua"))
show(load(string.dump(one))) show(load(string.dump(one, true)))
local i = debug.getinfo(1)
print(i.source, i.short_src, i.currentline, i.what, i.func ~= nil, i.nups, i.istailcall)
for _, opt in ipairs({ "n", "S", "l", "t", "u", "f", "L", "r", "nSltufLr" }) do
  local keys = {}
  for key in pairs(debug.getinfo(one, opt)) do keys[#keys + 1] = key end
  table.sort(keys)
  print(opt, table.concat(keys, " "))
end
print(pcall(debug.getinfo, one, "x")) print(pcall(debug.getinfo, one, ">")) print(pcall(debug.getinfo, "x")) print(debug.getinfo(100)) print(pcall(debug.getinfo, -1))
print(pcall(debug.getinfo)) print(debug.getinfo(one, "f").func == one, debug.getinfo(1, "f").func == debug.getinfo(1).func, debug.getinfo(0, "n").name)
local co = coroutine.create(function() local inside = 1
  coroutine.yield()
end)
coroutine.resume(co)
print(debug.getinfo(co, 1, "l").currentline, debug.getinfo(co, 0, "n").name, debug.getinfo(co, 2), debug.getinfo(co, one, "S").linedefined)
