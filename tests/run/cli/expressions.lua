-- The standalone interpreter: -e, -i without a terminal, arguments, exit status.
local lua = os.getenv("LUA_UNDER_TEST")
local function run(args)
  local p = io.popen(("'%s' %s 2>&1"):format(lua, args))
  local out = p:read("a")
  print((out:gsub(lua:gsub("%p", "%%%0"), "lua")), p:close())
end
run [[-e "print(1 + 1)"]]
run [[-e "print 'a'" -e "print 'b'"]]
run [[-e "x = 5" -e "print(x)"]]
run [[-e "error('in -e')"]]
run [[-e "x ="]]
run [[-e "print(...)" ]]
run [[-e "os.exit(9)"]]
run [[-e "return 5"]]
run [[-e]]
run [["-eprint 'joined'"]]
run [[-e "error({})"]]
run [[-e "error(setmetatable({}, {__tostring = function() return 'obj' end}))"]]
run [[-e "local t <close> = setmetatable({}, {__close = function() print 'closed' end})"]]
run [[-e "io.stdout:write('no newline')"]]
