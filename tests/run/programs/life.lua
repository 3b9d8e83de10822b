-- Conway's game of life on a torus.
local W, H = 16, 10
local function grid() local g = {} for y = 1, H do g[y] = {} for x = 1, W do g[y][x] = false end end return g end
local g = grid()
for _, p in ipairs { { 2, 1 }, { 3, 2 }, { 1, 3 }, { 2, 3 }, { 3, 3 }, { 9, 5 }, { 10, 5 }, { 11, 5 } } do
  g[p[2]][p[1]] = true
end
local function step(old)
  local new = grid()
  for y = 1, H do
    for x = 1, W do
      local n = 0
      for dy = -1, 1 do
        for dx = -1, 1 do
          if (dx ~= 0 or dy ~= 0) and old[(y + dy - 1) % H + 1][(x + dx - 1) % W + 1] then n = n + 1 end
        end
      end
      new[y][x] = n == 3 or (n == 2 and old[y][x])
    end
  end
  return new
end
local function show(t)
  for y = 1, H do local r = {} for x = 1, W do r[x] = t[y][x] and "#" or "." end print(table.concat(r)) end
end
for i = 1, 25 do g = step(g) end
show(g)
