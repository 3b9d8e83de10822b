-- Functions declared in every syntactic form, nested and shadowed.
local function a() return "local" end
function b() return "global " .. a() end
local t = { f = function() return "field" end, ["g h"] = function() return "computed" end }
function t.x() return "dotted" end
t.n = { m = {} }
function t.n.m.deep() return "deep" end
function t.n.m:meth(v) return self == t.n.m, v end
print(a(), b(), t.f(), t["g h"](), t.x(), t.n.m.deep(), t.n.m:meth(3))
local a = function() return "shadow of " .. a() end
print(a(), b())
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end
local copy = fact
fact = nil
print(pcall(copy, 3))
print((function() return (function() return (function(...) return ... end)("inner") end)() end)())
do
  local function b() return "block local" end
  print(b())
end
print(b())
b = nil
