-- Identifiers: letters, digits, underscores, case; reserved words as fields.
local _, __, a1, A1, _a_1 = 1, 2, 3, 4, 5
print(_, __, a1, A1, _a_1)
local t = { ["end"] = 1, ["nil"] = 2, And = 3, AND = 4 }
print(t["end"], t["nil"], t.And, t.AND)
for _, w in ipairs {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function",
  "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then",
  "true", "until", "while",
} do
  print(w, (select(2, load("local " .. w .. " = 1", "=n"))))
end
print(select(2, load("return t.end", "=n")))
print(select(2, load("local \xe9 = 1", "=n")))
print(select(2, load("x = @", "=n")))
print(select(2, load("x = 1 $ 2", "=n")))
print(select(2, load("x = \1", "=n")))
