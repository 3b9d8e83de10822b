-- Comparison operators as values and in conditions over mixed numbers.
local vals = { math.mininteger, -2^53, -1, -0.5, -0.0, 0, 5e-324, 0.5, 1, 1.0, 2^53, (2^53 | 0) + 1, math.maxinteger, 2^63, math.huge }
local bad = 0
for i, a in ipairs(vals) do
  for j, b in ipairs(vals) do
    local lt, le, gt, ge, eq = a < b, a <= b, a > b, a >= b, a == b
    if lt == ge or le == gt or eq ~= (le and ge) or lt ~= (le and not eq) then bad = bad + 1 end
    if lt ~= (b > a) or le ~= (b >= a) then bad = bad + 1 end
    if i < j and a > b then bad = bad + 1 end
  end
end
print(bad)
local row = {}
for i = 1, #vals - 1 do
  row[i] = (vals[i] < vals[i + 1] and "<") or (vals[i] == vals[i + 1] and "=") or "?"
end
print(table.concat(row))
table.sort(vals, function(a, b) return a > b end)
print(vals[1], vals[2] == vals[3], vals[#vals])
print(not (1 < 2) == (1 >= 2), 1 < 2 == true, "a" < "b" == not ("a" >= "b"))
