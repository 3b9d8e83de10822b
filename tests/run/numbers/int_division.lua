-- Floor division and modulo over all sign combinations.
local function show(a, b)
  print(a, b, a // b, a % b, (a // b) * b + a % b == a)
end
for _, a in ipairs { 7, -7, 0, 1, -1, 6, -6 } do
  for _, b in ipairs { 3, -3, 1, -1, 7, -7 } do
    show(a, b)
  end
end
show(math.maxinteger, 2)
show(math.mininteger, 2)
show(math.mininteger, math.maxinteger)
show(math.maxinteger, math.mininteger)
show(math.mininteger, -1)
print(pcall(function() return 1 // 0 end))
print(pcall(function() return 1 % 0 end))
print(pcall(function() local z = 0 return math.mininteger // z end))
print(pcall(function() local z = 0 return math.mininteger % z end))
