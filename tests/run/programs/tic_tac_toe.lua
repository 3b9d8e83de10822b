-- Minimax with alpha-beta over all positions from some openings.
local lines = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 1, 4, 7 }, { 2, 5, 8 }, { 3, 6, 9 }, { 1, 5, 9 }, { 3, 5, 7 } }
local nodes = 0
local function winner(b)
  for _, l in ipairs(lines) do
    local a = b[l[1]]
    if a ~= " " and a == b[l[2]] and a == b[l[3]] then return a end
  end
end
local function search(b, player, alpha, beta, depth)
  nodes = nodes + 1
  local w = winner(b)
  if w then return w == "X" and 10 - depth or depth - 10 end
  local best, move = player == "X" and -math.huge or math.huge, nil
  for i = 1, 9 do
    if b[i] == " " then
      b[i] = player
      local v = search(b, player == "X" and "O" or "X", alpha, beta, depth + 1)
      b[i] = " "
      if player == "X" and v > best or player == "O" and v < best then best, move = v, i end
      if player == "X" then alpha = math.max(alpha, best) else beta = math.min(beta, best) end
      if beta <= alpha then break end
    end
  end
  if not move then return 0 end
  return best, move
end
local function board(s) local b = {} for c in s:gmatch(".") do b[#b + 1] = c == "." and " " or c end return b end
for _, s in ipairs { "X...O....", "XO.......", "X.O.X.O..", "XX.OO....", "XOXOXO.X." } do
  nodes = 0
  local v, m = search(board(s), select(2, s:gsub("X", "")) > select(2, s:gsub("O", "")) and "O" or "X", -math.huge, math.huge, 0)
  print(s, v, m, nodes)
end
