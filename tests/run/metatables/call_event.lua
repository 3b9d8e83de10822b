-- __call: extra argument, chains, methods, results, errors.
local C = setmetatable({ n = 5 }, { __call = function(self, ...) return self.n, select("#", ...), ... end })
print(C()) print(C(1)) print(C(nil, nil)) print((C(1, 2)))
local D = setmetatable({}, { __call = C })
print(select("#", pcall(D, 1)))
print(select("#", D(1, 2)))
local obj = { m = C }
print(obj.m(7)) print(obj:m(7) == 5)
local t = { C(1, 2) }
print(#t)
local function ret() return C("tail") end
print(ret())
print(pcall(function() local x = {} x() end))
print(pcall(function() local x = setmetatable({}, { __call = 5 }) x() end))
print(pcall(function() undefinedglobal() end))
print(pcall(function() local s = "x" s:nomethod() end))
print(pcall(function() local t = { a = {} } t.a.b() end))
print(pcall(function() (1)() end))
print(select("#", pcall(setmetatable({}, { __call = error }), "msg")))
for i in setmetatable({}, { __call = function(_, s, c) if c < 2 then return c + 1 end end }), nil, 0 do
  io.write(i, " ")
end
print()
local co = coroutine.wrap(setmetatable({}, { __call = function(_, a) return a end }) and function(a) return C(a) end)
print(co("z"))
print(pcall(string.gsub, "abc", "b", setmetatable({}, { __index = { b = "B" } })))
print(table.concat({ 1, 2 }, ","), pcall(table.sort, { 3, 1, 2 }, setmetatable({}, { __call = function(_, a, b)
  return a > b
end })))
