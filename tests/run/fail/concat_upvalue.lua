local name
local function greet() return "hello " .. name end
print(greet())
