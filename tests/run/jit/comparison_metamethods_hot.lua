-- __eq, __lt and __le called by hot loops; operands that need them and operands that do not, at one place.
local calls = { eq = 0, lt = 0, le = 0 }
local mt = {
  __eq = function(a, b) calls.eq = calls.eq + 1 return a.v == b.v end,
  __lt = function(a, b)
    calls.lt = calls.lt + 1
    return (type(a) == "table" and a.v or a) < (type(b) == "table" and b.v or b)
  end,
  __le = function(a, b)
    calls.le = calls.le + 1
    return (type(a) == "table" and a.v or a) <= (type(b) == "table" and b.v or b)
  end,
}
local function box(v) return setmetatable({ v = v }, mt) end
local function compare(x, y)
  local r = 0
  if x == y then r = r + 1 end
  if x ~= y then r = r + 10 end
  if x < y then r = r + 100 end
  if x <= y then r = r + 1000 end
  if x > y then r = r + 10000 end
  if x >= y then r = r + 100000 end
  return r
end
local five, s = box(5), 0
for i = 1, 300 do s = s + compare(i % 11, 5) end
print(s)
for i = 1, 300 do s = s + compare(box(i % 11), five) end
print(s, calls.eq, calls.lt, calls.le)
for i = 1, 300 do s = s + compare(i % 11, five) + compare(five, i % 11 + 0.5) end
print(s, calls.eq, calls.lt, calls.le)
print(pcall(function() for i = 1, 300 do s = s + compare(i < 250 and five or "x", five) end end))
print(pcall(function() for i = 1, 300 do s = s + compare(five, i < 250 and five or nil) end end))
print(pcall(function() for i = 1, 300 do s = s + compare(five, i < 250 and five or true) end end))

-- __eq only for two tables that are not the same one; the result becomes a boolean.
local same = setmetatable({}, { __eq = function() return "yes" end })
local never = setmetatable({}, { __eq = function() return nil end })
local r = {}
for i = 1, 300 do
  r[1], r[2], r[3] = same == {}, never == {}, never == never
  r[4], r[5], r[6] = {} == same, same ~= never, same == i
end
for i = 1, 6 do r[i] = tostring(r[i]) end
print(table.concat(r, " "))

-- Results of __lt and __le are turned into booleans too; both orders of operands are tried.
local function first_is_number(a) return type(a) == "number" and 0 or nil end
local loose = setmetatable({}, { __lt = first_is_number, __le = function() return false end })
local t, f = 0, 0
for i = 1, 400 do
  if i < loose then t = t + 1 else f = f + 1 end
  if loose < i then t = t + 1 else f = f + 1 end
  if loose >= i or not (i >= loose) == nil then t = t + 1 else f = f + 1 end
end
print(t, f, 1 < loose, loose < 1, loose <= 1)

-- Metamethods change or vanish while sorting and searching.
local list = {}
for i = 1, 80 do list[i] = box(i * 37 % 83) end
table.sort(list)
local ordered = true
for i = 2, #list do ordered = ordered and list[i - 1].v <= list[i].v end
print(ordered, list[1].v, list[80].v)
local max = list[1]
for i = 1, 320 do
  if i == 160 then mt.__lt = function(a, b) return a.v > b.v end end
  local x = list[i % 80 + 1]
  if max < x then max = x end
end
print(max.v)
mt.__lt = nil
print(pcall(function() for i = 1, 300 do if list[1] < list[2] then s = 0 end end end))
print(pcall(table.sort, { box(2), box(1) }))
mt.__lt = function() error("in lt", 0) end
print(pcall(function() for i = 1, 300 do s = i < 299 and i or list[1] < list[2] end end), s)
