-- math.log with bases, exp, powers and roots: exact cases and identities within a tolerance.
local function near(a, b) return math.abs(a - b) <= 1e-12 * math.max(1, math.abs(a), math.abs(b)) end
print(math.log(8, 2), math.log(1024, 2), math.log(1, 2), math.log(1000, 10), math.log(0.001, 10), math.log(1), math.log(1, 7))
print(math.log(0), math.log(0, 2), math.log(0, 10), math.log(-1) ~= math.log(-1), math.log(math.huge), math.log(2, 0), math.log(2, 1))
print(near(math.log(math.exp(1)), 1), near(math.log(27, 3), 3), near(math.log(2, 4), 0.5), near(math.log(10, 2) * math.log(2, 10), 1))
print(math.exp(0), near(math.exp(1), 2.718281828459045), math.exp(710), math.exp(-746), math.exp(-math.huge), math.exp(math.huge))
print(2 ^ 10, 2 ^ -1, 2 ^ 0.5 == math.sqrt(2), (-2) ^ 2, -2 ^ 2, (-2) ^ 0.5 ~= (-2) ^ 0.5, 0 ^ 0, 0 ^ -1, (-0.0) ^ -1, 1 ^ math.huge)
print(2 ^ 3 ^ 2, (2 ^ 3) ^ 2, 10 ^ 2 .. "", 2 ^ 63, 2 ^ 64, -2 ^ 63 == math.mininteger, 2 ^ 1024, 2 ^ -1074, 2 ^ -1075)
for _, p in ipairs({ { 0.0, 1 }, { -0.0, 1 }, { -0.0, 3 }, { -0.0, 2 }, { -8, 1 / 3 }, { math.huge, 0 }, { 0 / 0, 0 }, { 1, 0 / 0 }, { -1, math.huge },
  { 0.5, math.huge }, { 2, -math.huge }, { -math.huge, 3 }, { -math.huge, -3 } }) do
  local r = p[1] ^ p[2]
  print(p[1] ~= p[1] and "nan" or p[1], p[2] ~= p[2] and "nan" or p[2], r ~= r and "nan" or r)
end
print(math.sqrt(0), math.sqrt(-0.0), math.sqrt(2) ^ 2 == 2, math.sqrt(math.huge), math.sqrt(-1) ~= math.sqrt(-1), math.sqrt(1 << 62))
print(near(math.sin(math.pi / 6), 0.5), near(math.cos(math.pi), -1), near(math.tan(math.pi / 4), 1), math.sin(0), math.cos(0), math.sin(-0.0))
print(near(math.asin(1), math.pi / 2), near(math.acos(-1), math.pi), math.asin(2) ~= math.asin(2), math.atan(0), near(math.atan(1), math.pi / 4))
print(near(math.atan(1, -1), 3 * math.pi / 4), math.atan(0, 1), near(math.atan(0, -1), math.pi), near(math.atan(-0.0, -1), -math.pi), math.atan(0, 0))
print(near(math.deg(math.pi), 180), near(math.rad(180), math.pi), math.deg(0), math.rad(0), near(math.deg(math.rad(57)), 57), math.pi)
for _, f in ipairs({ "log", "exp", "sin", "atan", "deg", "rad" }) do print(pcall(math[f])) end
print(pcall(math.log, 2, "x")) print(pcall(math.log, 2, {})) print(math.log("8", "2"), math.exp("0"), pcall(math.sin, nil))
print(math.max(1), math.max(1, 2.5, -1), math.min(3, 2, 2.0), math.type(math.min(3, 2, 2.0)), math.max(-0.0, 0), math.max(0, -0.0), pcall(math.max))
