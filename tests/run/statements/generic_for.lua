-- Generic for with hand-written iterators, state and control variables.
local function range(n)
  local function step(limit, i) if i < limit then return i + 1, i * i end end
  return step, n, 0
end
for i, sq in range(4) do io.write(i, "=", sq, " ") end print()
local function chars(s)
  local i = 0
  return function() i = i + 1 if i <= #s then return s:sub(i, i), i end end
end
for c, i in chars("abc") do io.write(c, i, " ") end print()
for k, v in next, { 10, 20, 30 } do io.write(k, ":", v, " ") end print()
for w in ("one two  three"):gmatch("%a+") do io.write("<", w, ">") end print()
local callable = setmetatable({}, { __call = function(self, s, c) c = c + 1 if c <= s then return c end end })
for i in callable, 3, 0 do io.write(i, " ") end print()
for a, b, c, d in function(_, k) if not k then return 1, 2 end end do print(a, b, c, d) end
for k in pairs { 1 } do k = k + 1 print(k) end
for _ in function() return nil end do print "never" end
for i in range(3) do for j in range(2) do io.write(i, j, " ") end end print()
print(pcall(function() for _ in 5 do end end))
print(pcall(function() for _ in nil do end end))
print(pcall(function() local it = {} for _ in it do end end))
local fs = {}
for i in range(3) do fs[i] = function() i = i + 1 return i end end
print(fs[1](), fs[1](), fs[2](), fs[3]())
