-- Objects gain and lose fields after the loops that use them have become hot.
local function new(i) return { x = i, y = i * 2 } end
local function area(o) return o.x * o.y end
local objs, s = {}, 0
for i = 1, 300 do objs[i] = new(i) s = s + area(objs[i]) end
print(s)
for i = 1, 300, 3 do objs[i].z = i objs[i].x = nil objs[i].x = -1 end
for i = 2, 300, 3 do objs[i].y = nil objs[i].w = 0 objs[i].y = 0.5 end
s = 0
for i = 1, 300 do s = s + area(objs[i]) end
print(s)
objs[200].x = nil
print(pcall(function() for i = 1, 300 do s = s + area(objs[i]) end end)) print(s)

-- A field is added in the loop that reads it; another one deleted in the loop that writes it.
local o, hits = { a = 1 }, 0
for i = 1, 400 do
  if o.late then hits = hits + 1 end
  if i == 200 then o.late = true elseif i == 300 then o.late = nil end
end
print(hits)
local creates = 0
local w = setmetatable({}, { __newindex = function(t, k, v) creates = creates + 1 rawset(t, k, v) end })
for i = 1, 400 do w.f = i if i % 100 == 0 then w.f = nil end end
print(creates, w.f)

-- Constructors with fields in other orders, and one with a computed key.
local makers = {
  function(i) return { x = i, y = 1 } end, function(i) return { y = 1, x = i } end,
  function(i) local t = {} t.x = i t.y = 1 return t end, function(i) return { ["x"] = i, [1] = 0, y = 1 } end,
  function(i) return setmetatable({ x = i }, { __index = { y = 1 } }) end,
  function(i) local t = { z = 0, x = i, y = 1 } t.z = nil return t end,
}
s = 0
for i = 1, 600 do local t = makers[i % #makers + 1](i) s = s + t.x + t.y t.x = t.x + 1 s = s + t.x end
print(s)

-- One object grows through many fields while its first one is used; then it shrinks again.
local big = { first = 0 }
for i = 1, 300 do
  big["f" .. i] = i
  big.first = big.first + (big["f" .. (i // 2)] or 0)
end
print(big.first, big.f300)
for i = 1, 300 do big["f" .. i] = nil big.first = big.first - 1 end
print(big.first, next(big)) 

-- Writes to a field whose value changes its kind, read by a loop that expects numbers.
local cell = { v = 0 }
local function bump(n, events)
  for i = 1, n do
    if events[i] ~= nil then cell.v = events[i] end
    cell.v = cell.v + 1
  end
  return cell.v
end
print(bump(400, {})) print(bump(400, { [200] = 0.5 }))
print(bump(400, { [200] = "10" })) print(bump(400, { [200] = 1 << 61 }))
print(pcall(bump, 400, { [200] = {} })) cell.v = 0 print(bump(10, {}))

-- Methods and fields with the same name in object and class; a class turned into an instance.
local Class = { kind = "class" }
Class.__index = Class
local inst, kinds = setmetatable({}, Class), {}
for i = 1, 400 do
  if i == 100 then inst.kind = "own" elseif i == 200 then inst.kind = nil
  elseif i == 300 then Class.kind = "changed"
  end
  kinds[inst.kind] = (kinds[inst.kind] or 0) + 1
end
print(kinds.class, kinds.own, kinds.changed)
