-- load with reader functions, chunk names, modes and environments.
local function pieces(...) local t, i = { ... }, 0 return function() i = i + 1 return t[i] end end
print(load(pieces("return ", "1", " + 2"))()) print(load(pieces("retu", "rn 'a", "b", "c'"))()) print(load(pieces("return 5", "", "garbage("))()) print(load(pieces())()) print(load(pieces("x =", " =")))
print(load(function() return nil end) ~= nil) print(pcall(load, function() return true end)) print(pcall(load, function() return {} end)) print(pcall(load, function() error("reader failed", 0) end)) print(load(function() error({}) end) == nil)
print(load("return ...", "n")(1, 2)) print(load("x y", "=name")) print(load("x y", "@file.lua")) print(load("x y", "string chunk")) print(load("x y")) print(load("x y", "line1\nline2")) print(load("x y", ("long "):rep(30))) print(load("x y", "@" .. ("long/"):rep(30))) print(load("x y", "=" .. ("long "):rep(30))) print(load("\n\nx y", "\nstarts with newline")) print(load("x y", "")) print(load("x y", "="))
local env = { y = 7 } local f = load("x = y; return x", "=e", "t", env) print(f(), env.x, x) print(load("return _ENV", "=e", "t", env)() == env) print(pcall(load("return a.b", "=e", "t", {}))) print(load("return _ENV", "=e", "t", nil)())
print(pcall(load)) print(pcall(load, 5)) print(pcall(load, {})) print(load("return 1", "=x", "t")(), load("return 1", "=x", "bt")(), load("return 1", "=x", "b"))
local src, i = "return 'char by char'", 0 print(load(function() i = i + 1 return i <= #src and src:sub(i, i) or nil end)()) local g = load("local a <const> = 5; return function() return a end")() print(g())
print(load("goto x")) print(load("return", "=e")()) print(load("return 1,2,3", "=e")()) print(load("-- only a comment", "=e")()) print(load("\xEF\xBB\xBFreturn 1")) print(dofile == nil, loadstring, setfenv, unpack, table.getn)
local co = coroutine.wrap(function() return load(function() return coroutine.isyieldable() and "" or nil end) ~= nil end) print(co())
