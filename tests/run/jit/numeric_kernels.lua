-- Tight numeric loops: matrix product, mandelbrot, n-body step, spectral norm.
local function mm(n)
  local a, b, c = {}, {}, {}
  for i = 1, n do a[i], b[i], c[i] = {}, {}, {} for j = 1, n do a[i][j] = i + j b[i][j] = i - j end end
  for i = 1, n do
    local ai, ci = a[i], c[i]
    for j = 1, n do local s = 0 for k = 1, n do s = s + ai[k] * b[k][j] end ci[j] = s end
  end
  return c
end
local c = mm(12)
print(c[1][1], c[6][7], c[12][12])
local function mandel(w, h, maxi)
  local total = 0
  for y = 0, h - 1 do
    for x = 0, w - 1 do
      local cr, ci, zr, zi, i = 2.0 * x / w - 1.5, 2.0 * y / h - 1.0, 0.0, 0.0, 0
      while i < maxi and zr * zr + zi * zi < 4.0 do
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        i = i + 1
      end
      total = total + i
    end
  end
  return total
end
print(mandel(32, 32, 50))
local function A(i, j) return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1) end
local function mulAv(n, v, t)
  local r = {}
  for i = 0, n - 1 do
    local s = 0
    for j = 0, n - 1 do s = s + (t and A(j, i) or A(i, j)) * v[j] end
    r[i] = s
  end
  return r
end
local n, u = 12, {}
for i = 0, n - 1 do u[i] = 1 end
local v
for _ = 1, 5 do v = mulAv(n, mulAv(n, u), true) u = mulAv(n, mulAv(n, v), true) end
local vBv, vv = 0, 0
for i = 0, n - 1 do vBv = vBv + u[i] * v[i] vv = vv + v[i] * v[i] end
print(("%.9f"):format(math.sqrt(vBv / vv)))
local b = { { x = 0, y = 0, vx = 0, vy = 0, m = 10 }, { x = 1, y = 0, vx = 0, vy = 3, m = 1 }, { x = 0, y = 2, vx = -2, vy = 0, m = 0.5 } }
local function step(dt)
  for i = 1, #b do
    local p = b[i]
    for j = i + 1, #b do
      local q = b[j]
      local dx, dy = p.x - q.x, p.y - q.y
      local d2 = dx * dx + dy * dy + 0.01
      local mag = dt / (d2 * math.sqrt(d2))
      p.vx = p.vx - dx * q.m * mag
      p.vy = p.vy - dy * q.m * mag
      q.vx = q.vx + dx * p.m * mag
      q.vy = q.vy + dy * p.m * mag
    end
  end
  for _, p in ipairs(b) do p.x = p.x + dt * p.vx p.y = p.y + dt * p.vy end
end
for i = 1, 200 do step(0.001) end
print(("%.8f %.8f"):format(b[1].x + b[2].x, b[2].y - b[3].y))
local seed = 42
local function rnd() seed = (seed * 16807) % 2147483647 return seed / 2147483647 end
local inside = 0
for i = 1, 2000 do local x, y = rnd(), rnd() if x * x + y * y <= 1 then inside = inside + 1 end end
print(inside)
local fl = 0
for i = 1, 1000 do fl = fl + (i % 7) / 3 - i // 2.5 end
print(("%.10g"):format(fl))
local h = 5381
for i = 1, 1000 do h = h * 33 + i % 256 & 0xffffffff end
print(h)
