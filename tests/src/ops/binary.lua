
for i = 1, #operands do
  local row, a = {}, operands[i][1]
  for j = 1, #operands do
    local b = operands[j][1]
    local expected = result(forms[1][2], a, b)
    row[j] = expected
    local function check(form, ...)
      local r = result(...)
      if r ~= expected then print("MISMATCH", form, show(a), show(b), expected, r) end
    end
    check("constant left", const_left[i], b)
    check("constant right", const_right[j], a)
    for k = 2, #forms do check(forms[k][1], forms[k][2], a, b) end
  end
  print(show(a), table.concat(row, " "))
end
for i, m in ipairs(messages) do print("E" .. i, m) end
