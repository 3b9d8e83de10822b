-- Float loops count steps without accumulating the counter's error differently.
local function list(a, b, c)
  local r = {}
  for x = a, b, c do
    r[#r + 1] = ("%.17g"):format(x)
  end
  print(#r, table.concat(r, " "))
end
list(0, 1, 0.25)
list(0.1, 0.5, 0.1)
list(1, 0, -0.3)
list(1.0, 3, 1)
list(3, 1.0, -1)
list(0.0, -0.0, 1)
list(1e15, 1e15 + 2, 0.5)
list(2^52, 2^52 + 3, 1.0)
list(0, 0.3, 0.1)
local n = 0
for x = 0, 1, 1e-3 do n = n + 1 end
print(n)
for x = 1.5, 1.5 do print(x, math.type(x)) end
for x = -math.huge, math.huge, math.huge do n = n + 1 if n > 2000 then break end end
print(n)
