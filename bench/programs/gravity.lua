-- Bodies under mutual gravitation, integrated by velocity Verlet steps: float fields of records, sqrt, pairs of loops.

local sqrt = math.sqrt

local function make_system(count)
  local bodies = {}
  for i = 1, count do
    local angle = i * 2.399963
    local distance = 1 + i * 0.75
    local speed = sqrt(10 / distance)
    bodies[i] = {
      x = distance * math.cos(angle), y = distance * math.sin(angle), z = (i % 3 - 1) * 0.1,
      vx = -speed * math.sin(angle), vy = speed * math.cos(angle), vz = 0,
      ax = 0, ay = 0, az = 0,
      mass = 0.001 * i,
    }
  end
  bodies[1] = { x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, ax = 0, ay = 0, az = 0, mass = 10 }
  return bodies
end

local function accelerate(bodies)
  local count = #bodies
  for i = 1, count do
    local body = bodies[i]
    body.ax, body.ay, body.az = 0, 0, 0
  end
  for i = 1, count - 1 do
    local a = bodies[i]
    for j = i + 1, count do
      local b = bodies[j]
      local dx, dy, dz = b.x - a.x, b.y - a.y, b.z - a.z
      local square = dx * dx + dy * dy + dz * dz + 0.0001
      local pull = 1 / (square * sqrt(square))
      a.ax, a.ay, a.az = a.ax + dx * pull * b.mass, a.ay + dy * pull * b.mass, a.az + dz * pull * b.mass
      b.ax, b.ay, b.az = b.ax - dx * pull * a.mass, b.ay - dy * pull * a.mass, b.az - dz * pull * a.mass
    end
  end
end

local function kick(bodies, half)
  for _, body in ipairs(bodies) do
    body.vx = body.vx + body.ax * half
    body.vy = body.vy + body.ay * half
    body.vz = body.vz + body.az * half
  end
end

local function drift(bodies, step)
  for _, body in ipairs(bodies) do
    body.x = body.x + body.vx * step
    body.y = body.y + body.vy * step
    body.z = body.z + body.vz * step
  end
end

local function energy(bodies)
  local sum = 0
  for i, body in ipairs(bodies) do
    sum = sum + 0.5 * body.mass * (body.vx ^ 2 + body.vy ^ 2 + body.vz ^ 2)
    for j = i + 1, #bodies do
      local other = bodies[j]
      local distance = sqrt((body.x - other.x) ^ 2 + (body.y - other.y) ^ 2 + (body.z - other.z) ^ 2)
      sum = sum - body.mass * other.mass / distance
    end
  end
  return sum
end

local function run(n)
  local bodies, step = make_system(8), 0.001
  local before = energy(bodies)
  accelerate(bodies)
  for _ = 1, n do
    kick(bodies, step / 2)
    drift(bodies, step)
    accelerate(bodies)
    kick(bodies, step / 2)
  end
  local after = energy(bodies)
  assert(math.abs(after - before) < 0.001 * math.abs(before), "energy is not conserved")
  return ("%.6f %.6f %.6f"):format(before, after, bodies[2].x)
end

return {
  name = "gravity",
  n = 5500,
  expected = "-0.035703 -0.035703 -2.430167",
  quick_n = 40,
  quick_expected = "-0.035703 -0.035703 0.298132",
  run = run,
}
