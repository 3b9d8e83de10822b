-- Labels in nested blocks, backward and forward jumps, jumps out of closures' scopes.
local function collatz(n)
  local steps = 0
  ::again::
  if n == 1 then goto done end
  steps = steps + 1
  if n % 2 == 0 then n = n // 2 goto again end
  n = 3 * n + 1
  goto again
  ::done::
  return steps
end
print(collatz(6), collatz(27), collatz(1))
local function find(m, x)
  for i, row in ipairs(m) do
    for j, v in ipairs(row) do
      if v == x then
        m.found = i .. "," .. j
        goto found
      end
    end
  end
  do return "absent" end
  ::found::
  return m.found
end
print(find({ { 1, 2 }, { 3, 4 } }, 3), find({ { 1 } }, 9))
do
  local i = 0
  ::a::
  i = i + 1
  do
    goto b
  end
  ::b::
  if i < 3 then goto a end
  print(i)
end
