-- break out of nested hot loops of all kinds, at turns that differ.
local function search(n, target)
  local steps = 0
  for i = 1, n do
    for j = 1, n do
      steps = steps + 1
      if i * j == target then return i, j, steps end
      if i * j > target then break end
    end
  end
  return nil, nil, steps
end
print(search(40, 391)) print(search(40, 37)) print(search(40, 41)) print(search(20, 1000))
local breaks, turns = 0, 0
for i = 1, 300 do
  local k = 0
  while true do
    k = k + 1
    turns = turns + 1
    if k * k >= i then breaks = breaks + 1 break end
  end
  repeat
    k = k - 1
    if k % 5 == 0 then break end
    local stop = k < -10
  until stop
  turns = turns + k
end
print(breaks, turns)

-- The inner loop's bounds come from the outer one and become floats or empty.
local function area(n, step)
  local c, last = 0, nil
  for i = 1, n, step do
    for j = i, n - i, step do c = c + 1 last = j end
    for j = n, i, -step do if j < n / 2 then break end c = c + 1 end
  end
  return c, last, math.type(last)
end
print(area(40, 1)) print(area(40, 2)) print(area(20, 0.5)) print(area(40.0, 1)) print(area(0, 1)) print(area(40, 100))

-- Primes by trial division: the inner break dominates.
local primes = {}
for n = 2, 800 do
  local prime = true
  for _, p in ipairs(primes) do
    if p * p > n then break end
    if n % p == 0 then prime = false break end
  end
  if prime then primes[#primes + 1] = n end
end
print(#primes, primes[#primes])

-- Flags that leave two levels; a labelled exit; a break from a loop over pairs.
local found
for i = 1, 100 do
  for j = 1, 100 do if i ^ 2 + j ^ 2 == 5000 and i > j then found = i .. ":" .. j break end end
  if found then break end
end
print(found)
local visited = 0
for i = 1, 300 do
  for k in pairs({ i, i + 1, i + 2 }) do
    visited = visited + k
    if (i + k) % 4 == 0 then break end
  end
end
print(visited)
-- Longest chains of a numeric rule, with a bound that makes some inner loops end early.
local best, at, cut = 0, 0, 0
for i = 1, 300 do
  local n, len = i, 0
  while n ~= 1 do
    n = n % 2 == 0 and n // 2 or 3 * n + 1
    len = len + 1
    if len > 60 then cut = cut + 1 break end
  end
  if len > best then best, at = len, i end
end
print(best, at, cut)
local depth = 0
for a = 1, 5 do for b = 1, 5 do for c = 1, 5 do for d = 1, 5 do
  if d == c then break end
  depth = depth + a * b
end if c == b then break end end if b == a then break end end if a == 4 then break end end
print(depth)
