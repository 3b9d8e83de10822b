
for i = 1, #operands do
  local a = operands[i][1]
  local expected = result(forms[1][2], a)
  print(show(a), expected)
  local function check(form, ...)
    local r = result(...)
    if r ~= expected then print("MISMATCH", form, show(a), expected, r) end
  end
  check("constant", constants[i])
  for k = 2, #forms do check(forms[k][1], forms[k][2], a) end
end
for i, m in ipairs(messages) do print("E" .. i, m) end
