-- pcall and xpcall called by hot loops, succeeding and failing by turns.
local function half(x) if x % 2 == 1 then error("odd " .. x, 0) end return x // 2 end
local oks, errors, sum = 0, 0, 0
for i = 1, 600 do
  local ok, r = pcall(half, i)
  if ok then oks = oks + 1 sum = sum + r else errors = errors + 1 sum = sum + #r end
end
print(oks, errors, sum)

-- Variables assigned within the protected function are seen outside, up to the error.
local a, b = 0, 0
for i = 1, 500 do
  pcall(function()
    a = a + 1
    if i % 5 == 0 then error({}) end
    b = b + 1
  end)
end
print(a, b)

-- Nested protection: inner failures, outer failures, and rethrown ones.
local inner, outer, rethrown = 0, 0, 0
for i = 1, 300 do
  local ok, e = pcall(function()
    local ok2, e2 = pcall(function() if i % 3 == 0 then error(i) end return i end)
    if not ok2 then
      inner = inner + 1
      if i % 2 == 0 then error(e2 + 1000, 0) end
    elseif i % 7 == 0 then error("outer", 0)
    end
    return e2
  end)
  if not ok then if type(e) == "number" then rethrown = rethrown + e else outer = outer + 1 end end
end
print(inner, outer, rethrown)

-- The number of results differs from call to call.
local function results(n) if n < 0 then error(n) end return table.unpack({ 1, 2, 3, 4, 5 }, 1, n) end
local counts = {}
for i = 1, 400 do
  local c = select("#", pcall(results, i % 8 - 2))
  counts[c] = (counts[c] or 0) + 1
end
print(counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7])

-- A loop inside of the protected call becomes hot and fails late, again and again.
local reached = 0
local function long(limit)
  local s = 0
  for i = 1, 400 do
    s = s + i
    reached = i
    if i == limit then local x = s.y.z end
  end
  return s
end
for _, limit in ipairs({ 1, 399, 400, 401, 350 }) do print(pcall(long, limit)) print(reached) end

-- xpcall with a handler that counts; the message passes through it once.
local handled = 0
local function handler(m) handled = handled + 1 return "<" .. tostring(m) .. ">" end
local last
for i = 1, 400 do
  local ok, m = xpcall(half, handler, i)
  if not ok then last = m end
end
print(handled, last)

-- The callee of pcall changes its kind.
local targets = { half, math.floor, "no function", setmetatable({}, { __call = function(_, x) return x end }), false }
local good = 0
for i = 1, 500 do if pcall(targets[i % 5 + 1], i) then good = good + 1 end end
print(good)

-- Errors at the edge of pcall: no arguments, error nil, error in tail position.
local tail = 0
for i = 1, 300 do
  local ok, e = pcall(function(x) return half(x) end, i)
  if not ok and e then tail = tail + 1 end
  if select("#", pcall(error)) == 2 and select(2, pcall(error, nil)) == nil then tail = tail + 1 end
end
print(tail)
