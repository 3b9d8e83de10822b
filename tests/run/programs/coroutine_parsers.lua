-- Parser combinators and generators built from coroutines.
local function lit(s) return function(str, i) if str:sub(i, i + #s - 1) == s then return i + #s, s end end end
local function pat(p)
  return function(str, i) local s, e = str:find("^" .. p, i) if s then return e + 1, str:sub(s, e) end end
end
local function seq(...)
  local ps = { ... }
  return function(str, i)
    local vals = {}
    for k, p in ipairs(ps) do local ni, v = p(str, i) if not ni then return nil end i, vals[k] = ni, v end
    return i, vals
  end
end
local function alt(...)
  local ps = { ... }
  return function(str, i)
    for _, p in ipairs(ps) do local ni, v = p(str, i) if ni then return ni, v end end
  end
end
local function many(p)
  return function(str, i)
    local vals = {}
    while true do local ni, v = p(str, i) if not ni then return i, vals end i, vals[#vals + 1] = ni, v end
  end
end
local function map(p, f)
  return function(str, i) local ni, v = p(str, i) if ni then return ni, f(v) end end
end
local function lazy(f) return function(...) return f()(...) end end
local expr
local num = map(pat "%d+", tonumber)
local factor = alt(num, map(seq(lit "(", lazy(function() return expr end), lit ")"), function(v)
  return v[2]
end))
local function chain(p, ops)
  return map(seq(p, many(seq(ops, p))), function(v)
    local a = v[1]
    for _, r in ipairs(v[2]) do
      if r[1] == "+" then
        a = a + r[2]
      elseif r[1] == "-" then
        a = a - r[2]
      elseif r[1] == "*" then
        a = a * r[2]
      else
        a = a // r[2]
      end
    end
    return a
  end)
end
expr = chain(chain(factor, alt(lit "*", lit "/")), alt(lit "+", lit "-"))
for _, s in ipairs { "1+2*3", "(1+2)*3", "10-4-3", "100/7/2", "((7))", "2*", "" } do
  local i, v = expr(s, 1)
  print(s, v, i and i > #s or false)
end
local function tokens(s)
  return coroutine.wrap(function() for t in s:gmatch("[%w]+") do coroutine.yield(t) end end)
end
local function take(n, g)
  return coroutine.wrap(function()
    for i = 1, n do local v = g() if v == nil then return end coroutine.yield(v) end
  end)
end
local function mapg(f, g) return coroutine.wrap(function() for v in g do coroutine.yield(f(v)) end end) end
local function zip(a, b)
  return coroutine.wrap(function()
    while true do local x, y = a(), b() if x == nil or y == nil then return end coroutine.yield(x, y) end
  end)
end
for a, b in zip(mapg(string.upper, tokens "one two three"), take(2, tokens "x y z")) do print(a, b) end
local function diff(a, b)
  local out = {}
  local m, n = #a, #b
  local t = {}
  for i = 0, m do t[i] = { [0] = 0 } end
  for j = 0, n do t[0][j] = 0 end
  for i = 1, m do
    for j = 1, n do
      t[i][j] = a:sub(i, i) == b:sub(j, j) and t[i - 1][j - 1] + 1 or math.max(t[i - 1][j], t[i][j - 1])
    end
  end
  local i, j = m, n
  while i > 0 and j > 0 do
    if a:sub(i, i) == b:sub(j, j) then
      table.insert(out, 1, a:sub(i, i))
      i, j = i - 1, j - 1
    elseif t[i - 1][j] >= t[i][j - 1] then
      i = i - 1
    else
      j = j - 1
    end
  end
  return table.concat(out), t[m][n]
end
print(diff("ABCBDAB", "BDCABA"))
local function lev(a, b)
  local prev = {}
  for j = 0, #b do prev[j] = j end
  for i = 1, #a do
    local cur = { [0] = i }
    for j = 1, #b do
      cur[j] = math.min(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + (a:byte(i) == b:byte(j) and 0 or 1))
    end
    prev = cur
  end
  return prev[#b]
end
print(lev("kitten", "sitting"), lev("", "abc"), lev("same", "same"))
