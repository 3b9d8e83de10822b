-- Every character class and its complement over all bytes.
local classes = { "a", "c", "d", "g", "l", "p", "s", "u", "w", "x" }
for _, c in ipairs(classes) do
  local n, comp, first = 0, 0, nil
  for i = 0, 127 do
    local ch = string.char(i)
    if ch:match("%" .. c) then n = n + 1 first = first or i end
    if ch:match("%" .. c:upper()) then comp = comp + 1 end
  end
  print(c, n, comp, first)
end
print(("x"):match("."), ("\n"):match(".") == "\n", (""):match("."))
print(("%"):match("%%"), ("."):match("%."), ("-"):match("%-"), ("["):match("%["), ("]"):match("%]"), ("^"):match("%^"), ("$"):match("%$"))
print(("a]"):match("[]]"), ("a-"):match("[a-]+"), ("a-z"):match("[%-]"), ("^"):match("[%^]"), ("b^"):match("[b^]+"))
print(("abc123"):match("[a-c]+"), ("abc123"):match("[^a-c]+"), ("abc_1"):match("[%w_]+"), ("abc"):match("[^%s]+"), ("x.y"):match("[.]"))
print(("abc"):match("[%a-z]+"), ("a-b"):match("[%w-]+"), ("09"):match("[0-9]+"), ("\xe9"):match("[\x80-\xff]") == "\xe9", ("é"):len())
print(("]"):match("[^]]"), ("x]"):match("[^]]"), ("%a"):match("[%%a]+"), ("a"):match("[%]a]"))
print(pcall(string.match, "a", "[]"), pcall(string.match, "a", "[^]"), pcall(string.match, "a", "[a-"), pcall(string.match, "a", "[%"))
print(("a.b-c"):gsub("%W", "%%"))
