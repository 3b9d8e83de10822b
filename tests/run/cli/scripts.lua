-- Scripts from files and standard input, the arg table, shebang lines.
local lua, name = os.getenv("LUA_UNDER_TEST"), os.tmpname()
local function put(s) local f = io.open(name, "w") f:write(s) f:close() end
local function clean(s) return (s:gsub(lua:gsub("%p", "%%%0"), "LUA"):gsub(name:gsub("%p", "%%%0"), "SCRIPT")) end
local function run(cmd)
  local p = io.popen((cmd:gsub("LUA", lua):gsub("SCRIPT", name)) .. " 2>&1")
  local out = p:read("a")
  print(clean(out), p:close())
end
put "print(#arg, ...) for i = -3, 3 do io.write(i, '=', tostring(arg[i]), ' ') end print()"
run "LUA SCRIPT"
run "LUA SCRIPT a b"
run "LUA SCRIPT -e x"
run "LUA -- SCRIPT a"
run "LUA -e 'z = 1' SCRIPT q"
run "LUA -W SCRIPT"
run "LUA SCRIPT 'a b' ''"
put "#!/usr/bin/env lua\nprint 'shebang'\nerror 'line 3'" run "LUA SCRIPT"
run "echo 'print(1, ...)' | LUA -"
run "echo 'print(...)' | LUA - a b"
run "echo 'error(1)' | LUA -"
run "echo 'print 5' | LUA"
run "echo 'x = = 1' | LUA -"
run "LUA /nonexistent.lua"
put "return 3"
run "LUA SCRIPT"
put "os.exit(true, true)"
run "LUA SCRIPT"
put "coroutine.wrap(function() os.exit(4) end)()"
run "LUA SCRIPT"
put ""
run "LUA SCRIPT"
put "x y"
run "LUA SCRIPT"
put "local a, b = ... print(a, b, select('#', ...))"
run "LUA SCRIPT 1"
os.remove(name)
