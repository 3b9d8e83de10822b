-- while and repeat with break, nested loops and conditions over locals.
local i = 0
while i < 5 do i = i + 1 if i == 3 then break end end
print(i)
local s = 0
while true do
  s = s + 1
  local j = 0
  while true do j = j + 1 if j > s then break end end
  if j > 4 then break end
end
print(s)
repeat
  local x = s
  s = s - 1
until x < 2
print(s)
local n, steps = 27, 0
while n ~= 1 do
  if n % 2 == 0 then n = n // 2 else n = 3 * n + 1 end
  steps = steps + 1
end
print(steps)
repeat break until error("never evaluated")
local fs = {}
local k = 0
repeat
  local c = k
  fs[#fs + 1] = function() c = c + 1 return c end
  k = k + 1
until c == 2
print(#fs, fs[1](), fs[1](), fs[2](), fs[3]())
while nil do error() end
local q = { 5, 3, 8 }
while #q > 0 do io.write(table.remove(q), ";") end
print()
