-- Several sorting algorithms agree with table.sort.
local seed = 2024
local function rnd(n) seed = (seed * 6364136223846793005 + 1442695040888963407) return (seed >> 33) % n end
local function insertion(t)
  for i = 2, #t do
    local v, j = t[i], i - 1
    while j >= 1 and t[j] > v do t[j + 1] = t[j] j = j - 1 end
    t[j + 1] = v
  end
  return t
end
local function merge(t)
  if #t <= 1 then return t end
  local m, l, r = #t // 2, {}, {}
  for i = 1, #t do if i <= m then l[#l + 1] = t[i] else r[#r + 1] = t[i] end end
  l, r = merge(l), merge(r)
  local o, i, j = {}, 1, 1
  while i <= #l or j <= #r do
    if j > #r or i <= #l and l[i] <= r[j] then o[#o + 1] = l[i] i = i + 1 else o[#o + 1] = r[j] j = j + 1 end
  end
  return o
end
local function quick(t, lo, hi)
  lo, hi = lo or 1, hi or #t
  if lo < hi then
    local p, i = t[(lo + hi) // 2], lo
    local j = hi
    while i <= j do
      while t[i] < p do i = i + 1 end
      while t[j] > p do j = j - 1 end
      if i <= j then t[i], t[j] = t[j], t[i] i = i + 1 j = j - 1 end
    end
    quick(t, lo, j)
    quick(t, i, hi)
  end
  return t
end
local function heap(t)
  local n = #t
  local function down(i, m)
    while 2 * i <= m do
      local c = 2 * i
      if c < m and t[c + 1] > t[c] then c = c + 1 end
      if t[i] >= t[c] then return end
      t[i], t[c] = t[c], t[i]
      i = c
    end
  end
  for i = n // 2, 1, -1 do down(i, n) end
  for m = n, 2, -1 do t[1], t[m] = t[m], t[1] down(1, m - 1) end
  return t
end
local function shell(t)
  local g = #t // 2
  while g > 0 do
    for i = g + 1, #t do
      local v, j = t[i], i
      while j > g and t[j - g] > v do t[j] = t[j - g] j = j - g end
      t[j] = v
    end
    g = g // 2
  end
  return t
end
local function radix(t)
  for sh = 0, 24, 8 do
    local b = {}
    for i = 0, 255 do b[i] = {} end
    for _, v in ipairs(t) do local k = v >> sh & 255 b[k][#b[k] + 1] = v end
    t = {}
    for i = 0, 255 do for _, v in ipairs(b[i]) do t[#t + 1] = v end end
  end
  return t
end
for _, n in ipairs { 0, 1, 2, 10, 77, 200 } do
  local base = {}
  for i = 1, n do base[i] = rnd(500) end
  local function copy() return { table.unpack(base) } end
  local ref = copy()
  table.sort(ref)
  ref = table.concat(ref, ",")
  local ok = {}
  for name, f in pairs { insertion = insertion, merge = merge, quick = quick, heap = heap, shell = shell, radix = radix } do
    if table.concat(f(copy()), ",") ~= ref then print("bad", name, n) end
  end
  print(n, ref:sub(1, 30))
end
for name, conv in pairs { floats = function(v) return v + 0.5 end, strings = function(v)
  return ("%05d"):format(v)
end } do
  local base = {}
  for i = 1, 100 do base[i] = conv(rnd(900)) end
  local a, b = { table.unpack(base) }, { table.unpack(base) }
  table.sort(a)
  quick(b)
  if table.concat(a, ",") ~= table.concat(b, ",") then print("bad", name) end
end
