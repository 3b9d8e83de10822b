-- error with levels and values; pcall and xpcall results.
print(pcall(error)) print(pcall(error, nil)) print(pcall(error, "m"))
print(pcall(error, "m", 0)) print(pcall(error, "m", 1))
print(pcall(error, "m", 2)) print(pcall(error, 42))
print(pcall(error, 1.5, 1)) print(pcall(error, true))
print(type(select(2, pcall(error, {}))))
local function f() error("lvl1") end
print(pcall(f))
local function g() error("lvl2", 2) end
local function h() g() end
print(pcall(h))
local function k() error("lvl3", 3) end
local function l() k() end
local function m() l() end
print(pcall(m)) print(pcall(function() error("far", 50) end))
print(pcall(function() error() end)) print(pcall(function() error(nil, 2) end)) print(select("#", pcall(error)))
print(pcall(pcall)) print(pcall(pcall, error, "x"))
print(pcall(function() return 1, nil, 3 end)) print(pcall(5))
print(pcall(nil)) print(pcall({}))
print(xpcall(error, function(m) return "H:" .. tostring(m) end, "msg"))
print(xpcall(function(...) return select("#", ...), ... end, print, 1, nil, 3))
print(pcall(xpcall)) print(pcall(xpcall, print))
print(pcall(xpcall, error, 5))
print(xpcall(error, function(m) error("again", 0) end, "first"))
print(xpcall(function() local x = nil ; x() end, function(m) return m:upper() end))
print(xpcall(error, function() return 1, 2, 3 end))
print(xpcall(error, function() end, "gone"))
local depth = 0
print(xpcall(function()
  local t = nil;
  return t.x
end, function(m) depth = depth + 1 return debug.traceback and "tb ok" end), depth)
print(pcall(function() local ok, e = pcall(error, "inner") error("outer:" .. e, 0) end))
local e = { code = 5 }
local ok, got = pcall(error, e)
print(got == e, got.code)
print(pcall(assert)) print(pcall(assert, false))
print(pcall(assert, nil, "msg"))
print(type(select(2, pcall(assert, false, { 1 }))))
print(assert(1, 2, 3)) print(pcall(assert, nil, nil))
print(pcall(assert, false, 42)) print(select("#", assert(1, nil)))
