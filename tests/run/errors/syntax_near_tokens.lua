-- The token a syntax error is reported near, for every kind of token.
for _, tail in ipairs {
  "name", "12", "3.5", "0x1F", "'str'", '"dq"', "[[long]]", "+", "-", "*", "/", "//", "%", "^", "#", "&", "~", "|", "<<", ">>", "==", "~=", "<=", ">=", "<", ">", "=", "(", ")", "{", "}", "[", "]", "::", ";", ":", ",", ".", "..", "...", "and", "end", "true", "function", "@", "$", "!", "?", "\\", "`", "\1", "\200", "''", "'a\\nb'", "--c\n", "",
} do
  local _, m = load("x = = " .. tail, "=t")
  local _, m2 = load("f() " .. tail .. " )", "=t")
  print(m, m2)
end
