-- Loops that count beyond 48 bits with other loops in them, at which compiled code is entered in the middle.
local function first(last)
  for i = last - 2, last do
    for _ = 10, 1, -3 do
    end
    print(i)
  end
end
first(math.maxinteger)
first(math.mininteger + 7)

local function deep(last)
  local out = {}
  for i = last - 3, last do
    for j = i - 2, last, 1 do
      local n = 0
      while n < 3 do
        n = n + 1
      end
      for k = 1.0, 2.0, 0.5 do
        out[#out + 1] = j - i + k
      end
    end
  end
  return #out, out[1], out[#out]
end
for _, last in ipairs { math.maxinteger, 1 << 47, (1 << 47) - 1, -(1 << 47), 5 } do
  print(deep(last))
end

-- The count itself is beyond 48 bits.
local rounds = 0
for i = math.mininteger, math.maxinteger do
  for _ = 1, 3 do
    rounds = rounds + 1
  end
  if rounds > 600 then
    print(i, rounds)
    break
  end
end
