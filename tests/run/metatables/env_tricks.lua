-- _ENV as local, parameter, upvalue and in load.
local print, setmetatable, load, tostring, pcall = print, setmetatable, load, tostring, pcall
local G = _ENV
x = "global x"
do
  local _ENV = { print = print }
  x = "inner x"
  print(x)
end
print(x, G.x)
local function sandbox(_ENV) y = 5 return y, x end
local env = { x = "env x" }
print(sandbox(env)) print(env.y, y)
local function withmeta()
  local _ENV = setmetatable({}, { __index = G, __newindex = function(t, k, v) G.rawset(t, k, tostring(v) .. "!") end })
  newglobal = 1
  return newglobal, x
end
print(withmeta()) print(newglobal)
do local _ENV <const> = { v = 1 } print(v) end
print(load("return x", "=c", "t", { x = "loaded" })())
print(load("a = 1 local function f() return a end return f", "=c", "t", {})()())
print(pcall(load("return x.y", "=c", "t", {})))
print(pcall(function() local _ENV = nil return z end))
print(pcall(function() local _ENV = 5 z = 1 end))
local _ENV = { G = G, print = print }
print(G.type(G), z)
function f() return _ENV end
print(f() == _ENV, G.f)
