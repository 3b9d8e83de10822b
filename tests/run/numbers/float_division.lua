-- Float division, floor division and modulo, with zeros and infinities.
local inf, nan = math.huge, 0 / 0
local function norm(x) if x ~= x then return "nan" end return x end
local function show(a, b)
  print(a, b, norm(a / b), norm(a // b), norm(a % b))
end
for _, a in ipairs { 5.5, -5.5, 0.0, -0.0, inf, -inf } do
  for _, b in ipairs { 2.0, -2.0, 0.0, -0.0, inf, -inf } do
    show(a, b)
  end
end
show(5, 0.0)
show(-5, 0.0)
show(1e308, 1e-308)
show(5.3, 0.1)
show(-1, 3.5)
show(2^53, 3)
print(norm(nan // 1), norm(1 % nan), norm(1 / 0), norm(-1 / 0), norm(0 / 0))
print(7 // 0.5, -7 // 0.3, 1e15 // 7, 1 // 1e-300)
