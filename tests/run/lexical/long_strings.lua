-- Long brackets: levels, the skipped first newline, newline normalisation.
local a = [[
first newline skipped]]
print(a, #a)
local b = [==[
two ]] and ]=] inside]==]
print(b)
local c = [[

one newline kept]]
print(#c, c:byte(1))
print([[\n is not an escape]], #[[\n]])
print(#[[]], #[=[]=], [=[]]]=])
for _, nl in ipairs { "\n", "\r", "\r\n", "\n\r" } do
  local s = load("return [[" .. nl .. "x" .. nl .. "y" .. nl .. nl .. "z]]")()
  print(#s, (s:gsub("\n", "|")))
end
local q = load("return 'a\\\r\nb'")()
print(#q, q:byte(1, -1))
print(load("return [==[ abc ]=]", "=c"))
print(load("return [=x", "=c"))
