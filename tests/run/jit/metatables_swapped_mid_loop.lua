-- Metatables are set, replaced and removed while loops that depend on them run.
local function const(v) return { __index = function() return v end } end
local one, two = const(1), const(2)
local function read(o, n, at, mt)
  local s = 0
  for i = 1, n do
    s = s + (o.field or 1000)
    if i == at then setmetatable(o, mt) end
  end
  return s
end
local o = setmetatable({}, one)
print(read(o, 500, 250, two), read(o, 500, 250, nil), read(o, 500, 499, one))
print(read(o, 500, 1, { __index = { field = 5 } }))

-- Arithmetic metamethods change on a live operand.
local function tag(v) return { __add = function(a, b) return (type(b) == "number" and b or a) + v end } end
local function arith(n, marks)
  local x, s = setmetatable({}, tag(1)), 0
  for i = 1, n do
    if marks[i] then setmetatable(x, marks[i]) end
    s = s + (x + i) - (i + x) // 2
  end
  return s
end
print(arith(400, {})) print(arith(400, { [200] = tag(10) })) print(arith(400, { [100] = tag(5), [300] = tag(0.5) }))
print(pcall(arith, 400, { [350] = {} }))

-- The field of the metatable changes rather than the metatable.
local mt = { __index = { v = 1 } }
local obj = setmetatable({}, mt)
local s = 0
for i = 1, 800 do
  s = s + (obj.v or 0)
  if i == 200 then mt.__index = { v = 10 }
  elseif i == 400 then mt.__index = function(_, k) return #k * 100 end
  elseif i == 600 then mt.__index = nil
  end
end
print(s)

-- __call, __len, __concat and __eq appear and go.
local h = setmetatable({}, { __call = function(_, x) return x + 1 end, __len = function() return 7 end })
local calls, lens = 0, 0
for i = 1, 600 do
  if i == 300 then setmetatable(h, { __call = function(_, x) return -x end }) end
  calls = calls + h(i)
  lens = lens + #h
end
print(calls, lens)
local a, b, same = {}, {}, 0
for i = 1, 600 do
  if a == b then same = same + 1 end
  if i == 200 then setmetatable(a, { __eq = function() return true end }) elseif i == 400 then setmetatable(a, nil) end
end
print(same)
local c, text = setmetatable({}, { __concat = function(_, r) return r end }), {}
for i = 1, 300 do
  if i == 298 then setmetatable(c, { __concat = function(_, r) return r * 2 end }) end
  if i > 295 then text[#text + 1] = c .. i end
end
print(table.concat(text, " "))

-- A protected metatable stops the swap; the loop ends with an error.
local p, done = setmetatable({}, { __metatable = "locked" }), 0
print(pcall(function()
  for i = 1, 400 do
    done = i
    if i == 321 then setmetatable(p, {}) end
  end
end))
print(done, getmetatable(p))
