-- Messages of the parser for broken programs.
for _, src in ipairs {
  "if x then", "if x", "while x do", "for", "for i", "for i =", "for i = 1", "for i = 1, 2", "for i in",
  "for i, j = 1, 2 do end", "for 1 = 1, 2 do end", "for i = 1 do end", "function", "function f", "function f(", "function f(a,",
  "function f(a", "function f(...", "function f(..., a) end", "local", "local 1", "local x =", "local function", "x =", "x", "x y", "x.1",
  "{", "x = {", "x = {1, 2", "x = {1 2}", "x = {[1] 2}", "x = {a = }", "x = (1", "x = [1]", "x = 1 +", "x = + 1", "x = not", "f(", "f(1", "f(1,", "f(1 2)", "a:b", "a:1()", "x = function", "x = }",
  "end", "else", "until x", "do", "repeat", "repeat until", "return 1 2", "x = ...; function f() return ... end", "::", "::x", "goto",
  "\nif x then\n\n\nelse\n", "\n\nfunction f()\n\n", "x = (\n1\n", "for i = 1, 2 do\n\nx()", "x = 'abc", "local x <", "local x <const", "x = = 2", "x ~= 1", "x == 1", "a = b = c", "if x do end", "while x then end",
} do
  local f, msg = load(src, "=s")
  print((src:gsub("\n", "\\n")), f and "ok" or msg)
end
