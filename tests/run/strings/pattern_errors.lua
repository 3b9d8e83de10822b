-- Every malformed-pattern message and the complexity limits.
for _, p in ipairs { "%", "[", "[a", "[a-", "[^", "[%", "[%a", "(", "()(", ")", "a)", "%1", "(%1)", "%b", "%bx", "%f", "%fx", "[]", "[^]", "%9", "(a)(b)%3", "%", "x%" } do
  print(p, pcall(string.find, "aaxx", p))
end
local nested = ("a?"):rep(300) .. ("b"):rep(0)
print(pcall(string.match, ("a"):rep(300), nested) )
print(pcall(string.match, "x", ("(x"):rep(10)))
print(pcall(string.rep, "x", -1), #(string.rep("()", 32)), pcall(string.find, "x", string.rep("()", 33)))
