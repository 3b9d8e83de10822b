-- goto as continue, redo, retry and leave in hot loops of every kind.
local s = 0
for i = 1, 1000 do
  if i % 3 == 0 then goto continue end
  if i % 5 == 0 then s = s - i goto continue end
  s = s + i
  ::continue::
end
print(s)
local i, odd = 0, 0
while i < 1000 do
  i = i + 1
  if i % 2 == 0 then goto next end
  odd = odd + i
  ::next::
end
print(odd)
i, s = 0, 0
repeat
  i = i + 1
  if i % 7 ~= 0 then goto skip end
  s = s + i
  ::skip::
until i >= 700
print(s)

-- Redo: the turn starts again with changed state.
local retries = 0
for k = 1, 300 do
  local tries = 0
  ::redo::
  tries = tries + 1
  if k % 10 == 0 and tries < 3 then retries = retries + 1 goto redo end
end
print(retries)

-- Out of three loops at once, into the continuation of an outer one, and backwards.
local triples = {}
for a = 1, 40 do
  for b = a, 40 do
    for c = b, 60 do
      local d = a * a + b * b - c * c
      if d == 0 then triples[#triples + 1] = a .. "," .. b .. "," .. c goto next_a end
      if d < 0 then goto next_b end
    end
    ::next_b::
  end
  ::next_a::
end
print(#triples, triples[1], triples[#triples])
local x, y = 0, 0
::top::
x = x + 1
if x < 300 then
  if x % 100 == 0 then y = y + 0.5 end
  goto top
end
print(x, y)

-- A loop made of gotos only, with blocks whose locals are captured.
local fs = {}
do
  local n = 0
  ::head::
  do
    local v = n
    if v % 25 == 0 then fs[#fs + 1] = function() v = v + 1 return v end end
  end
  n = n + 1
  if n < 300 then goto head end
end
print(#fs, fs[1](), fs[1](), fs[12]())

-- Types change on the path that skips.
local acc, kind = 0, {}
for k = 1, 600 do
  if k == 200 then acc = acc + 0.0 goto done elseif k == 400 then acc = acc // 1 | 0 goto done end
  acc = acc + k
  ::done::
  if k % 150 == 0 then kind[#kind + 1] = math.type(acc) end
end
print(acc, table.concat(kind, " "))

-- continue in a generic loop with a closing value, and within a protected call.
local closed, taken = 0, 0
for r = 1, 200 do
  local function iter(_, k) if k < 5 then return k + 1 end end
  for k in iter, nil, 0, setmetatable({}, { __close = function() closed = closed + 1 end }) do
    if k == 2 then goto continue end
    if k == 4 and r % 2 == 0 then goto out end
    taken = taken + 1
    ::continue::
  end
  ::out::
end
print(closed, taken)
