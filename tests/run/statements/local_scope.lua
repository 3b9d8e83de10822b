-- Scoping of locals: shadowing, blocks, the initialiser sees the outer name.
local x = 10
do
  local x = x + 1
  print(x)
  do local x = x * 2 print(x) end
  print(x)
end
print(x)
local x = x .. "!"
print(x)
local function f() return x end
local x = "shadow"
print(f(), x)
local a, a = 1, 2
print(a)
for x = 1, 2 do local x = x * 10 io.write(x, " ") end
print(x)
repeat local done = true until done
print(done)
local i = 0
repeat local k = i * 2; i = i + 1 until k >= 6
print(i)
local function g(a, a) return a end
print(g(1, 2))
if x then local x = 5 print(x) else local x = 6 print(x) end
while true do local x = "in while" print(x) break end
print(x)
