-- Numeric for: steps, empty ranges, the control variable is a copy.
local function run(a, b, c)
  local t = {}
  for i = a, b, c do t[#t + 1] = tostring(i) end
  print(table.concat(t, " "))
end
run(1, 5, 1) run(5, 1, -1) run(1, 5, 2) run(1, 6, 2) run(5, 1, 1) run(1, 5, -1)
run(1, 1, 1) run(0, 0, -1) run(-3, 3, 3) run(10, 1, -4)
run(1.0, 3, 1) run(1, 3, 0.5) run(1, 2.9, 1) run(3, 1.1, -1) run(0.1, 0.5, 0.1) run(1, 3.0, 1)
run(1, math.huge > 0 and 3 or 0, 1)
for i = 1, 3 do local j = i i = i * 10 io.write(j, ":", i, " ") end print()
for i = 1, 0 do print "never" end
for i = 3, 1 do print "never" end
local n = 0
for i = 1, 3 do for j = i, 3 do n = n + i * j end end
print(n)
local lim = 3
for i = 1, lim do lim = 10 io.write(i, " ") end print(lim)
local function effects(tag, v) io.write(tag, " ") return v end
for i = effects("init", 1), effects("limit", 2), effects("step", 1) do io.write(i, " ") end print()
for i = 1, 10 do if i == 4 then break end io.write(i, " ") end print()
