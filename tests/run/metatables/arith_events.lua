-- Every arithmetic and bitwise event, with the operand on either side.
local mt = {}
local function name(v) if type(v) == "table" then return v.id end return tostring(v) end
for _, ev in ipairs { "add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "unm", "bnot" } do
  mt["__" .. ev] = function(a, b) return ev .. "(" .. name(a) .. "," .. name(b) .. ")" end
end
local x, y = setmetatable({ id = "x" }, mt), setmetatable({ id = "y" }, mt)
print(x + 1, 1 + x, x + y, x - 2, 2 - x, x * 3, 3 * x, x / 4, 4 / x)
print(x % 5, 5 % x, x ^ 2, 2 ^ x, x // 3, 3 // x)
print(x & 1, 1 & x, x | 2, 2 | x, x ~ 3, 3 ~ x, x << 4, 4 << x, x >> 5, 5 >> x)
print(-x, ~x, x & y, x << y)
print(x + 1.5, 1.5 * x, "s" + x, pcall(function() return x .. "" end))
