-- Loop variables and loop state that shadow and nest.
local i = "outer"
for i = 1, 2 do
  for i = i * 10, i * 10 + 1 do
    for _, i in ipairs { i, i + 0.5 } do
      io.write(i, " ")
    end
  end
end
print(i)
for i = 1, 3 do
  local i = -i
  io.write(i, " ")
end
print(i)
local function gen(n) return function(_, v) v = (v or 0) + 1 if v <= n then return v end end end
for v in gen(2) do
  for v in gen(v) do
    io.write(v, ",")
  end
  io.write(v, ";")
end
print()
local x = 1
while x < 3 do local x = x + 10 io.write(x, " ") if x > 0 then break end end
print(x)
repeat local x = 5 until x == 5
print(x)
