-- gsub with strings, tables and functions as replacements; captures, limits, anchors, and errors in each.
print(("hello world"):gsub("o", "0")) print(("hello"):gsub("", "-")) print(("abc"):gsub("%w", "%0%0")) print(("abc"):gsub("(%w)(%w)", "%2%1"))
print(("abc def"):gsub("(%a+)", "<%1>")) print(("abc"):gsub("b", "%%")) print(("hello"):gsub("l", "L", 1)) print(("hello"):gsub("l", "L", 0)) print(("hello"):gsub("l", "L", -1))
print(("x"):gsub("x", "%1")) print(pcall(string.gsub, "x", "x", "%2")) print(pcall(string.gsub, "x", "x", "%a")) print(pcall(string.gsub, "x", "x", "%"))
print(("$name is $age, $none"):gsub("%$(%w+)", { name = "Ann", age = 7 })) print(("abc"):gsub("%w", { a = 1, b = false, c = 2.5 })) print(pcall(string.gsub, "x", "x", { x = {} }))
print(("abc"):gsub("%w", function(c) if c ~= "b" then return c:upper() end end)) print(("a1b2"):gsub("(%a)(%d)", function(a, d) return d .. a end))
print(("abc"):gsub("()b()", function(i, j) return i .. "-" .. j end)) print(pcall(string.gsub, "x", "x", function() return {} end)) print(("x"):gsub("x", function() return false end))
print(pcall(string.gsub, "x", "x", function() error("inside", 0) end)) print(pcall(string.gsub, "x", "x", true)) print(pcall(string.gsub, "x", "x")) print(pcall(string.gsub, "x", "(", ""))
print(("hello hello"):gsub("^hello", "bye")) print(("aaa"):gsub("^a", "b")) print(("a,b,,c"):gsub(",", ";", 2)) print(("abc"):gsub("$", "!")) print(("abc"):gsub(".-", "x"))
print(("  trim me  "):gsub("^%s+", ""):gsub("%s+$", "")) print((("x"):rep(5)):gsub("xx", "y")) print(("abc"):gsub("", function() return "|" end)) print(("äö"):gsub("[\xC0-\xFF]", "?"))
-- Tables with metamethods; functions that change what is captured; nested gsub.
local auto = setmetatable({}, { __index = function(_, k) return k == "b" and "B" or nil end })
print(("abc"):gsub("%w", auto)) print(("abcabc"):gsub("%w", setmetatable({ a = "1" }, { __index = { c = "3" } })))
print((("one two"):gsub("%w+", function(w) return (w:gsub(".", function(c) return c .. "." end)) end)))
local counts = {}
print(select(2, ("the cat the dog"):gsub("%w+", function(w) counts[w] = (counts[w] or 0) + 1 end)), counts.the, counts.cat)
local depth = 0
print((("a(b(c)d)e"):gsub("[()]", function(c) depth = depth + (c == "(" and 1 or -1) return c == "(" and "[" .. depth or depth + 1 .. "]" end)))
-- Escaping, templates, case conversions, CSV quotes.
local function escape(s) return (s:gsub("%p", "%%%0")) end
print(escape "a.b*c", ("a.b*c"):find(escape "b*c"), ("1+1"):gsub(escape "+", escape "%"))
local function expand(t, env) return (t:gsub("%${(%w+)}", function(k) return tostring(env[k]) end)) end
print(expand("${x} and ${y} and ${x}${z}", { x = 1, y = "two" }))
print((("some_snake_case_name"):gsub("_(%l)", function(c) return c:upper() end)), (("someCamelCase"):gsub("%u", function(c) return "_" .. c:lower() end)))
print((('say "hi"'):gsub('"', '""')), (("tab\tnew\nline"):gsub("%c", function(c) return ("\\x%02x"):format(c:byte()) end)), (("%41%42c"):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)))
print(("abc"):gsub("b", "%0%0", 5), ("abc"):gsub("(a)(b)(c)", "%3%2%1%0"), ("key = value"):gsub("(%w+)%s*=%s*(%w+)", "%2=%1"))
print(#(("x"):rep(1000):gsub("x", "yz")), select(2, ("x"):rep(1000):gsub("x", "%0")), (("x"):rep(10):gsub("x", function() return nil end)))
