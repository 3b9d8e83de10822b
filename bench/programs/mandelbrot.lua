-- Escape times of the Mandelbrot set: an inner loop of pure float arithmetic on locals.

local function run(n)
  local inside, total = 0, 0
  for row = 0, n - 1 do
    local ci = 2.5 * row / n - 1.25
    for column = 0, n - 1 do
      local cr = 3.0 * column / n - 2.125
      local zr, zi, steps = 0.0, 0.0, 0
      local zr2, zi2 = 0.0, 0.0
      while steps < 60 and zr2 + zi2 <= 4.0 do
        zi = 2.0 * zr * zi + ci
        zr = zr2 - zi2 + cr
        zr2, zi2 = zr * zr, zi * zi
        steps = steps + 1
      end
      if steps == 60 then
        inside = inside + 1
      end
      total = total + steps
    end
  end
  return inside * 10000000 + total
end

return {
  name = "mandelbrot",
  n = 300,
  expected = 189411480969,
  quick_n = 20,
  quick_expected = 890006827,
  run = run,
}
