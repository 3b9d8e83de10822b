-- A Sudoku solver with bit sets and backtracking, and an exact cover of pentomino-like pieces.
local function parse(s)
  local cells = {}
  for c in s:gmatch("[%d.]") do cells[#cells + 1] = tonumber(c) or 0 end
  return cells
end
local row_of, col_of, box_of = {}, {}, {}
for i = 1, 81 do
  row_of[i], col_of[i] = (i - 1) // 9, (i - 1) % 9
  box_of[i] = row_of[i] // 3 * 3 + col_of[i] // 3
end
local function solve(puzzle)
  local cells, rows, cols, boxes = parse(puzzle), {}, {}, {}
  for i = 0, 8 do rows[i], cols[i], boxes[i] = 0, 0, 0 end
  local function flip(i, bit)
    local r, c, b = row_of[i], col_of[i], box_of[i]
    rows[r], cols[c], boxes[b] = rows[r] ~ bit, cols[c] ~ bit, boxes[b] ~ bit
  end
  for i = 1, 81 do if cells[i] > 0 then flip(i, 1 << cells[i]) end end
  local steps = 0
  local function count(x) local n = 0 while x ~= 0 do x = x & (x - 1) n = n + 1 end return n end
  local function search()
    steps = steps + 1
    local best, free, least = nil, 0, 10
    for i = 1, 81 do
      if cells[i] == 0 then
        local f = ~(rows[row_of[i]] | cols[col_of[i]] | boxes[box_of[i]]) & 0x3fe
        local n = count(f)
        if n < least then best, free, least = i, f, n end
        if n <= 1 then break end
      end
    end
    if not best then return true end
    for d = 1, 9 do
      local bit = 1 << d
      if free & bit ~= 0 then
        cells[best] = d
        flip(best, bit)
        if search() then return true end
        flip(best, bit)
        cells[best] = 0
      end
    end
    return false
  end
  local ok = search()
  return ok and table.concat(cells) or "no solution", steps
end
print(solve("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"))
print(solve("..9748...7.........2.1.9.....7...24..64.1.59..98...3.....8.3.2.........6...2759.."))
print(solve("55..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"))
print((solve(("."):rep(81))))

-- Tiling a board of 4 by 5 with dominoes, counted with memoisation on bit masks.
local memo, calls = {}, 0
local function tile(mask, w, h)
  local full = (1 << w * h) - 1
  if mask == full then return 1 end
  local key = mask
  if memo[key] then return memo[key] end
  calls = calls + 1
  local i = 0
  while mask & 1 << i ~= 0 do i = i + 1 end
  local n = 0
  if i % w < w - 1 and mask & 1 << i + 1 == 0 then n = n + tile(mask | 3 << i, w, h) end
  if i + w < w * h then n = n + tile(mask | 1 << i | 1 << i + w, w, h) end
  memo[key] = n
  return n
end
print(tile(0, 4, 5), calls) memo = {} print(tile(0, 3, 4)) memo = {} print(tile(0, 3, 3))
