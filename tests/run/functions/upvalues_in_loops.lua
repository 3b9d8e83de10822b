-- Each iteration of every loop kind has its own locals.
local out = {}
for i = 1, 3 do out[#out + 1] = function() return i end end
for _, v in ipairs { "a", "b" } do out[#out + 1] = function() return v end end
local i = 0
while i < 2 do i = i + 1 local k = i * 100 out[#out + 1] = function() k = k + 1 return k end end
repeat local z = i out[#out + 1] = function() return z end i = i + 1 until z >= 3
for _, f in ipairs(out) do io.write(tostring(f()), " ") end print()
for _, f in ipairs(out) do io.write(tostring(f()), " ") end print()
local acc = {}
for i = 1, 3 do
  local shared = 0
  acc[i] = { add = function(n) shared = shared + n * i end, get = function() return shared end }
end
acc[1].add(5) acc[2].add(5) acc[2].add(1)
print(acc[1].get(), acc[2].get(), acc[3].get())
local fns = {}
for i = 1, 5 do
  local function self_ref() return i, self_ref end
  fns[i] = self_ref
  if i == 3 then break end
end
print(#fns, (fns[3]()), select(2, fns[2]()) == fns[2])
