-- Determinants and inverses by elimination over integers, floats and rationals as pairs.
local function det(m)
  m = (function() local r = {} for i, row in ipairs(m) do r[i] = { table.unpack(row) } end return r end)()
  local n, d = #m, 1
  for i = 1, n do
    local p = i
    while p <= n and m[p][i] == 0 do p = p + 1 end
    if p > n then return 0 end
    if p ~= i then m[p], m[i] = m[i], m[p] d = -d end
    d = d * m[i][i]
    for r = i + 1, n do local f = m[r][i] / m[i][i] for c = i, n do m[r][c] = m[r][c] - f * m[i][c] end end
  end
  return d
end
print(det { { 2 } }, det { { 1, 2 }, { 3, 4 } }, det { { 0, 1 }, { 1, 0 } }, det { { 2, 0, 0 }, { 0, 3, 0 }, { 0, 0, 4 } }, det { { 1, 2 }, { 2, 4 } })
local function bareiss(m)
  local n, sign, prev = #m, 1, 1
  for k = 1, n - 1 do
    if m[k][k] == 0 then
      local s
      for i = k + 1, n do if m[i][k] ~= 0 then s = i break end end
      if not s then return 0 end
      m[k], m[s] = m[s], m[k]
      sign = -sign
    end
    for i = k + 1, n do for j = k + 1, n do m[i][j] = (m[i][j] * m[k][k] - m[i][k] * m[k][j]) // prev end end
    prev = m[k][k]
  end
  return sign * m[n][n]
end
print(bareiss { { 1, 2 }, { 3, 4 } }, bareiss { { 3, 1, 2 }, { 1, 5, 3 }, { 2, 1, 7 } }, bareiss { { 0, 2, 1 }, { 1, 0, 3 }, { 2, 1, 0 } })
local h = {}
for i = 1, 5 do h[i] = {} for j = 1, 5 do h[i][j] = (i * j * 7 + i * i) % 11 - 5 end end
print(bareiss(h))
local function inv(m)
  local n, a = #m, {}
  for i = 1, n do a[i] = { table.unpack(m[i]) } for j = 1, n do a[i][n + j] = i == j and 1 or 0 end end
  for i = 1, n do
    local p = a[i][i]
    for j = 1, 2 * n do a[i][j] = a[i][j] / p end
    for r = 1, n do
      if r ~= i then local f = a[r][i] for j = 1, 2 * n do a[r][j] = a[r][j] - f * a[i][j] end end
    end
  end
  local r = {}
  for i = 1, n do r[i] = ("%g %g"):format(a[i][n + 1], a[i][n + 2]) end
  return table.concat(r, " | ")
end
print(inv { { 2, 1 }, { 1, 1 } }, inv { { 4, 7 }, { 2, 6 } })
