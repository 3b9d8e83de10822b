-- Swap-remove particle loops: arrays of objects that shrink and grow while hot.
local alive = {}
local seed = 11
local function rnd(n) seed = seed * 16807 % 2147483647 return seed % n end
local spawned, died, checksum = 0, 0, 0
for tick = 1, 200 do
  for _ = 1, rnd(4) do
    spawned = spawned + 1
    alive[#alive + 1] = { x = rnd(100), v = rnd(10) - 5, life = rnd(20) + 1, id = spawned }
  end
  local i = 1
  while i <= #alive do
    local p = alive[i]
    p.x = p.x + p.v
    p.life = p.life - 1
    if p.life <= 0 then
      alive[i] = alive[#alive]
      alive[#alive] = nil
      died = died + 1
    else
      if p.x < 0 then p.x, p.v = -p.x, -p.v / 2 end
      checksum = (checksum * 31 + math.floor(p.x)) % 1000003
      i = i + 1
    end
  end
end
print(spawned, died, #alive, checksum)
