-- gsub with string, table, function replacements and a count.
print(("hello world"):gsub("o", "0"), ("hello"):gsub("l", "L", 1), ("hello"):gsub("l", "L", 0), ("hello"):gsub("l", "L", -1), ("hello"):gsub("x", "y"))
print(("$name is $age"):gsub("%$(%w+)", { name = "Bob", age = 42 }), ("$a $b"):gsub("%$(%w+)", { a = false }), ("$a"):gsub("%$(%w)", {}))
print(("abc"):gsub("%w", function(c) return c:upper() .. "." end), ("abc"):gsub("%w", function(c)
  if c == "b" then return nil end
  return "x"
end), ("abc"):gsub("b", function() return false end))
print(("abc"):gsub("(a)(b)(c)", function(...) return select("#", ...) .. table.concat({ ... }, "|") end), ("abc"):gsub("()", function(p)
  return p .. ""
end))
print(("1 2 3"):gsub("%d", function(d)
  return d * 2
end), ("x"):gsub("x", 5), ("x"):gsub("x", 2.5), ("ab"):gsub("a", "%%"), ("ab"):gsub("a", "%%1"))
print(pcall(string.gsub, "x", "x", nil))
print(pcall(string.gsub, "x", "x", true))
print(pcall(string.gsub, "x", "x", function() return {} end))
print(pcall(string.gsub, "x", "x", { x = true }))
print(pcall(string.gsub, "x", "x", { x = print }) == false)
print(pcall(string.gsub, "x", "x", "y", {}))
print(pcall(string.gsub, "x", "x", function() error("in repl", 0) end))
print(pcall(string.gsub))
print(pcall(string.gsub, "x", "x"))
print((("x"):rep(1000):gsub("x", "yy")):len(), select(2, ("x"):rep(1000):gsub("x", "yy")))
local t = setmetatable({}, { __index = function(_, k) return "<" .. k .. ">" end }) print(("a b"):gsub("%w", t))
print(("abc"):gsub("b", "%0%0%%"), ("héllo"):gsub("[\128-\255]+", "?"), ("a b c"):gsub(" ", "", 1))
local s, n = ("abc"):gsub("", "") print(s, n)
print(("  lead"):gsub("^%s+", ""), ("a,b,c"):gsub(",", ", "), ("path/to/file"):gsub("/", "\\"), ("CSV,\"a\""):gsub('"', '""'))
