-- Short-lived vector objects in a loop: candidates for allocation sinking.
local V = {} V.__index = V
local function vec(x, y) return setmetatable({ x = x, y = y }, V) end
V.__add = function(a, b) return vec(a.x + b.x, a.y + b.y) end
V.__mul = function(a, s) if type(a) == "number" then a, s = s, a end return vec(a.x * s, a.y * s) end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
V.__tostring = function(v) return "(" .. v.x .. ", " .. v.y .. ")" end
function V:dot(o) return self.x * o.x + self.y * o.y end
local acc = vec(0, 0)
for i = 1, 500 do acc = acc + vec(i, -i) * 2 end
print(acc, acc:dot(vec(1, 1)))
local f = vec(0.5, 0.25)
for i = 1, 20 do f = f * 1.5 + vec(1, i) end
print(string.format("%.6f %.6f", f.x, f.y))
local keep = {}
for i = 1, 100 do
  local v = vec(i, i) + vec(1, 2)
  if i % 25 == 0 then keep[#keep + 1] = v end
end
for _, v in ipairs(keep) do io.write(tostring(v), " ") end print()
local ok, err = pcall(function()
  local v = vec(1, 2)
  for i = 1, 100 do v = v + (i < 100 and vec(i, i) or nil) end
end)
print(ok, err)
print(vec(1, 2) == vec(1, 2), vec(1, 2) == vec(1.0, 2.0), 2 * vec(3, 4))
