-- dofile and loadfile with shebangs, BOMs, errors and environments.
local name = os.tmpname()
local function put(s) local f = io.open(name, "wb") f:write(s) f:close() return name end
local function clean(...)
  local t = table.pack(...)
  for i = 1, t.n do if type(t[i]) == "string" then t[i] = t[i]:gsub(name:gsub("%p", "%%%0"), "FILE") end end
  return table.unpack(t, 1, t.n)
end
print(dofile(put "return 1, 2, 3"))
print(dofile(put "#!/usr/bin/lua\nreturn 'shebang'"))
print(dofile(put "\xEF\xBB\xBFreturn 'bom'"))
print(dofile(put "\xEF\xBB\xBF#!shebang\nreturn 'both'"))
print(dofile(put "# only comment")) print(dofile(put ""))
print(clean(loadfile(put "x y"))) print(clean(loadfile(put "#!x\nx y")))
print(clean(pcall(dofile, put "error('in file')")))
print(clean(pcall(dofile, put "local x = nil\nx.y = 1")))
print(clean(pcall(dofile, put "a b")))
print(loadfile("/nonexistent/f.lua"))
print(pcall(dofile, "/nonexistent/f.lua"))
print(loadfile(put "return ...")(7, 8))
local env = {}
loadfile(put "gx = 5", "t", env)()
print(env.gx, gx) print(clean(loadfile(put "return 1", "b")))
put(string.dump(load "return 'binary'"))
print(loadfile(name)(), loadfile(name, "b")(), clean(loadfile(name, "t")))
put("#!shebang\n" .. string.dump(load "return 'binary after shebang'"))
print(loadfile(name)()) print(clean(pcall(loadfile, name, "q")))
print(pcall(loadfile, {})) print(pcall(dofile, {}))
put "local a = ... ; coroutine.yield(1) return 2"
local co = coroutine.wrap(loadfile(name))
print(co(), co())
put "return (debug.getinfo(1, 'S').short_src == ...)"
print(loadfile(name)(name))
os.remove(name)
