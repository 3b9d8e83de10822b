-- Constructors whose objects take different shapes while the consumer is hot.
local function consume(list)
  local s = 0
  for i = 1, #list do
    local o = list[i]
    s = s + o.a + (o.b or 0) + (o.c or 0)
  end
  return s
end
local makers = {
  function(i) return { a = i } end,
  function(i) return { a = i, b = i } end,
  function(i) return { b = i, a = i } end,
  function(i) local o = {} o.c = i o.a = i return o end,
  function(i) local o = { a = i, z = 1 } o.z = nil return o end,
  function(i) return setmetatable({ b = 1 }, { __index = { a = i } }) end,
  function(i) return setmetatable({}, { __index = function(_, k) if k == "a" then return i end end }) end,
  function(i) local o = { a = i + 0.5 } return o end,
}
for phase = 1, #makers do
  local list = {}
  for i = 1, 60 do list[i] = makers[(i % phase) + 1](i) end
  print(phase, consume(list))
end
local grow = {}
for i = 1, 100 do grow["f" .. i] = i end
grow.a = 1
print(consume { grow, grow, grow })
for i = 1, 100 do grow["f" .. i] = nil end
print(consume { grow, { a = 2 } })
