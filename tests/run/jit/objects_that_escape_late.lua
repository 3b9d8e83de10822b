-- Short-lived tables and closures of hot loops: nearly all die, a few escape and must be whole and unique.
local kept = {}
local function use(p) return p.x + p.y end
local s = 0
for i = 1, 600 do
  local p = { x = i, y = i * 2 }
  p.x = p.x + 1
  s = s + use(p)
  if i % 100 == 0 then kept[#kept + 1] = p end
  p.y = 0
end
print(s, #kept)
for _, p in ipairs(kept) do io.write(p.x, ":", p.y, " ") end
print(kept[1] ~= kept[2], kept[1] == kept[1])

-- Escape by error, by yield, by a closure, by a metamethod's argument, by the debug library.
local ok, e = pcall(function()
  for i = 1, 400 do
    local o = { i = i, list = { i, i + 1 } }
    if i == 300 then o.list[3] = "third" error(o) end
  end
end)
print(ok, e.i, #e.list, e.list[3])
local co = coroutine.wrap(function()
  for i = 1, 400 do
    local o = { value = i }
    if i % 200 == 0 then local r = coroutine.yield(o) o.value = o.value + r end
    if i % 200 == 0 then coroutine.yield(o.value) end
  end
end)
local o = co()
o.value = o.value + 0.5
print(o.value, co(1000)) co()
local getter
for i = 1, 400 do
  local box = { n = i }
  local function get() box.n = box.n + 1 return box.n end
  if i == 333 then getter = get end
  get()
end
print(getter(), getter())
local caught
local mt = { __add = function(a, b) if b == 250 then caught = a end return b end }
for i = 1, 300 do s = s + (setmetatable({ tag = i }, mt) + i) end
print(caught.tag, getmetatable(caught) == mt)
local function peek() local _, v = debug.getlocal(2, 2) return v end
local function watched(n) for i = 1, n do
  local point = { x = i }
  point.x = point.x * 2
  if i == n then return peek() end
end end
print(type(watched(300)))

-- Identity and aliasing of tables that never leave the function.
local same, different = 0, 0
for i = 1, 300 do
  local p, q = {}, {}
  local r = p
  if p == r then same = same + 1 end
  if p ~= q then different = different + 1 end
  r.f = i
  q.f = p.f
  if q.f == i then same = same + 1 end
end
print(same, different)

-- Nested temporaries, swapped and linked, observed at the end only.
local head
for i = 1, 300 do
  local node = { id = i }
  local pair = { node, { id = -i } }
  if i % 2 == 0 then pair[1], pair[2] = pair[2], pair[1] end
  pair[1].next = pair[2]
  if i % 75 == 0 then pair[2].next = head head = pair[1] end
end
local ids = {}
while head do ids[#ids + 1] = head.id head = head.next end
print(table.concat(ids, " "))
-- Multiple results packed in temporaries; a varargs table; a string built of parts.
local n = 0
for i = 1, 300 do
  local t = { (function(...) return ... end)(i, i * 2, i * 3) }
  n = n + t[1] + t[2] + t[3] + #{ i, nil, i } + #table.concat({ i, "x" })
end
print(n)
local weak = setmetatable({}, { __mode = "v" })
for i = 1, 200 do
  local tmp = { i }
  if i == 100 then weak[1] = tmp kept.weak = tmp end
end
collectgarbage()
print(weak[1] == kept.weak, weak[1][1])
