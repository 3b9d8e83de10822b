-- Where -0.0 shows and where it does not.
local z = -0.0
print(z, 0.0, -z, z + 0, z + 0.0, z * 1, z - 0.0, 0.0 - z)
print(1 / z, 1 / 0.0, z == 0, z < 0.0, -0, 1 / -0)
print(math.floor(-0.0), math.ceil(-0.5), math.max(z, 0.0), math.abs(z))
print(string.format("%g %f %d %.1f", z, z, z, z))
print(math.tointeger(z), z | 0, math.fmod(-6, 2), math.fmod(-6.0, 2))
print(-6.0 % 2, 6.0 % -2, 0.0 % -1, -0.0 % 1, -0.0 // 1)
print(math.sqrt(z), 0.0 * -1, -1 * 0, 0 * -1.0)
local t = { [z] = "z" }
print(t[0], t[0.0], t[z], next(t))
print(tostring(-0.0), tostring(0.0), -0.0 .. "", string.format("%q", -0.0))
