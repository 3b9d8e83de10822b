-- A callee looks at the variables of hot frames; their values must be the current ones.
local function snapshot(level)
  local out = {}
  for i = 1, 50 do
    local name, value = debug.getlocal(level + 1, i)
    if not name then break end
    if name:sub(1, 1) ~= "(" then out[#out + 1] = name .. "=" .. tostring(value) end
  end
  return table.concat(out, " ")
end
local function hot(n)
  local sum, product, text = 0, 1.0, "t"
  for i = 1, n do
    local square = i * i
    sum = sum + square
    product = product * (i % 3 + 1) % 1009
    if i % 150 == 0 then
      local inside = -i
      text = text .. i
      print(snapshot(1))
    end
  end
  return sum
end
print(hot(450))

-- Through small functions between the hot loop and the observer.
local function observer(flag) if flag then print(snapshot(3)) print(snapshot(2)) end return 1 end
local function between(x) local y = x * 2 local r = observer(x % 200 == 0) return r + y end
local function loop(n) local total = 0 for i = 1, n do total = total + between(i) end return total end
print(loop(400))

-- Variables that nobody reads any more, constants, and unboxed kinds.
local function unused(n)
  local a, b, c, d = 0, 0.5, nil, true
  local fixed <const> = "fixed"
  for i = 1, n do
    a = i
    b = i / 4
    c = i % 2 == 0 and i or nil
    d = not d
    if i == n then print(snapshot(1)) end
  end
end
unused(300) unused(301)

-- Varargs and hidden control variables of a hot frame.
local function variadic(...)
  local s = 0
  for i = 1, 300 do
    s = s + select("#", ...)
    if i == 300 then
      print(debug.getlocal(1, -1)) print(debug.getlocal(1, -2)) print(debug.getlocal(1, -4))
      print(debug.getlocal(1, 1))
    end
  end
  return s
end
print(variadic("first", 2.5, nil))

-- A recursive hot function seen at every depth.
local function down(n)
  local here = n * 10
  if n == 0 then
    local seen = {}
    for level = 1, 6 do
      local _, v = debug.getlocal(level, 2)
      seen[level] = tostring(v)
    end
    return table.concat(seen, " ")
  end
  local r = down(n - 1)
  return r
end
for _ = 1, 200 do down(5) end
print(down(5))
local co = coroutine.create(function()
  local k = 0
  for i = 1, 400 do k = k + i if i == 250 then coroutine.yield() end end
end)
coroutine.resume(co)
print(debug.getlocal(co, 1, 1)) print(coroutine.resume(co), coroutine.status(co))
