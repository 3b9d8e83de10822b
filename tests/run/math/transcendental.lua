-- exp, log, sqrt, trigonometry: values rounded to be exact across libms.
local function r(x) return ("%.9g"):format(x) end
print(r(math.sqrt(2)), math.sqrt(16), math.sqrt(0), r(math.exp(1)), math.exp(0), r(math.exp(-1)), math.exp(1000), math.exp(-1000))
print(math.log(1), r(math.log(10)), math.log(8, 2), math.log(100, 10), r(math.log(8, 3)), math.log(0), math.log(1 / 0), math.log(1024, 2), r(math.log(2, 0.5)))
print(math.sin(0), r(math.sin(1)), r(math.cos(1)), math.cos(0), r(math.tan(1)), r(math.sin(math.pi / 2)), r(math.sin(100)))
print(r(math.asin(1)), r(math.acos(0.5)), r(math.atan(1)), r(math.atan(1, 2)), r(math.atan(-1, -1)), math.atan(0), r(math.atan(1, 0)), r(math.atan(0, -1)), math.atan(0.0, 1), r(math.atan(-0.0, -1)))
print(math.deg(math.pi), math.rad(180) == math.pi, math.deg(0), r(math.rad(1)), r(math.deg(1)))
print(math.sqrt("9"), math.sin("0"), pcall(math.sqrt, "x"), pcall(math.sin), pcall(math.log), pcall(math.log, 1, "b"))
print(pcall(math.exp, {})) print(pcall(math.deg, nil)) print(pcall(math.log, 10, {}))
local s = 0 for i = 0, 359, 15 do s = s + math.abs(math.sin(math.rad(i))) end print(("%.9f"):format(s))
local function newton(x) local g = x for _ = 1, 30 do g = (g + x / g) / 2 end return g end
print(newton(2) == math.sqrt(2), r(newton(10)))
local p, k = 0, 1 for i = 0, 200 do p = p + k / (2 * i + 1) k = -k end print(("%.8f"):format(4 * p))
print(math.floor(math.log(1e6, 10) + 0.5), math.log(2^40, 2), math.log(27, 3) > 2.99)
