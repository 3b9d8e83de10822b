-- Runaway recursion is an error that can be caught, again and again.
local function inf() return 1 + inf() end
local ok, e = pcall(inf)
print(ok, (tostring(e):gsub("^(.-stack overflow).*", "%1")))

local t = setmetatable({}, {})
getmetatable(t).__index = function(t, k) return t[k .. "x"] end
ok, e = pcall(function() return t.a end)
print(ok, tostring(e):find("overflow") ~= nil)
local c = setmetatable({}, {})
getmetatable(c).__concat = function(a, b) return a .. b end
ok, e = pcall(function() return c .. "x" end)
print(ok, tostring(e):find("overflow") ~= nil)
getmetatable(c).__add = function(a, b) return a + b end
ok, e = pcall(function() return c + 1 end)
print(ok, tostring(e):find("overflow") ~= nil)
getmetatable(c).__tostring = function(x) return tostring(x) end
ok, e = pcall(tostring, c)
print(ok, tostring(e):find("overflow") ~= nil)
local function p() return pcall(p) end
print(type(p()))
local function g(s) return (s:gsub(".", g)) end
ok, e = pcall(g, "x")
print(ok, tostring(e):find("overflow") ~= nil)
local function srt() table.sort({ 1, 2 }, srt) end
ok, e = pcall(srt)
print(ok, tostring(e):find("overflow") ~= nil)
local n = 0
local function count() n = n + 1 return count() + 1 end
local handler = 0
ok, e = xpcall(count, function(m) handler = handler + 1 return "handled" end)
print(ok, e, handler, n > 1000)
local function many(...) return (many(1, ...)) end
ok, e = pcall(many)
print(ok, tostring(e):find("overflow") ~= nil or tostring(e):find("too many") ~= nil)
local function msg(src) return select(3, pcall(load, src, "=n")) end
print(msg(("("):rep(1000) .. "1" .. (")"):rep(1000)))
print(msg("x = " .. ("a("):rep(250) .. (")"):rep(250)))
print(msg(("do "):rep(250) .. ("end "):rep(250)))
print(msg("return " .. ("not "):rep(250) .. "1"))
print(msg("x = " .. ("{"):rep(250) .. ("}"):rep(250)))
print(msg(("function f() "):rep(250) .. ("end "):rep(250)))
local function after() return "fine" end
print(after())
co = coroutine.wrap(function() local ok, e = pcall(inf) coroutine.yield(ok) return pcall(inf) end)
print(co(), (co()))
