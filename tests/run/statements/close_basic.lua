-- <close> variables: order, arguments, values kept across the close.
local function closer(name)
  return setmetatable({ name = name }, { __close = function(self, err) print("close", self.name, err) end })
end
do
  local a <close> = closer("a")
  local b <close> = closer("b")
  local n <close> = nil
  local f <close> = false
  print("body")
end
local function f(x)
  local a <close> = closer("fa")
  if x then
    local b <close> = closer("fb")
    return "returned", x, nil
  end
  return "plain"
end
print(f(1))
print(f())
for i = 1, 2 do
  local c <close> = closer("loop" .. i)
  if i == 2 then break end
end
while true do local w <close> = closer("while") break end
local i = 0
repeat local r <close> = closer("repeat" .. i) i = i + 1 until i == 2
print(select("#", f(1)))
local function tail() local c <close> = closer("tail") return f() end
print(tail())
