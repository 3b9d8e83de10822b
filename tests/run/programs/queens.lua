-- N queens by backtracking, counted and printed.
local function solve(n)
  local cols, d1, d2, place, found = {}, {}, {}, {}, 0
  local first
  local function try(r)
    if r > n then
      found = found + 1
      first = first or table.concat(place, " ")
      return
    end
    for c = 1, n do
      if not cols[c] and not d1[r + c] and not d2[r - c] then
        cols[c], d1[r + c], d2[r - c], place[r] = true, true, true, c
        try(r + 1)
        cols[c], d1[r + c], d2[r - c] = nil, nil, nil
      end
    end
  end
  try(1)
  return found, first
end
for n = 1, 7 do print(n, solve(n)) end
