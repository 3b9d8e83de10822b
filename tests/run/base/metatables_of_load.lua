-- Sandboxes: environments with metatables, shadowed globals, readonly views.
local function sandbox(src, extra)
  local env = setmetatable(extra or {}, { __index = { print = print, tostring = tostring, math = math } })
  local f, m = load(src, "=sandbox", "t", env)
  if not f then return m, env end
  return select(2, pcall(f)), env
end
print((sandbox "return math.max(1, 2)"))
print((sandbox "return os"))
print((sandbox "return os.exit()"))
local r, env = sandbox "x = 10; function f() return x end; return f()"
print(r, env.x, x, env.f())
print((sandbox("return y + 1", { y = 41 })))
print((sandbox "return _G"), (sandbox "return _ENV.print ~= nil"))
print((sandbox "local _ENV = { v = 7 } return v"))
print((sandbox "return load"))
print((sandbox "while true do break end return 'ok'"))
print((sandbox "syntax error here"))
local ro = setmetatable({}, { __index = _G, __newindex = function(_, k) error("read only: " .. k, 2) end })
print(pcall(load("z = 1", "=ro", "t", ro)))
print(pcall(load("return #arg", "=ro", "t", ro)))
