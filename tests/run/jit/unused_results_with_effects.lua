-- Operations whose results are not used must still call metamethods and raise errors, in order.
local log = {}
local function note(x) log[#log + 1] = x end
local mt = {}
for _, ev in ipairs({ "add", "sub", "mul", "div", "mod", "idiv", "unm", "len", "concat", "lt", "le", "eq", "call" }) do
  mt["__" .. ev] = function() note(ev) return 1 end
end
mt.__index = function(_, k) note("index " .. tostring(k)) end
mt.__newindex = function(_, k) note("newindex " .. tostring(k)) end
local o, p = setmetatable({}, mt), setmetatable({}, mt)
local function effects()
  local _ = o + 1 _ = 1 - o _ = o * o _ = o / 2 _ = o % 2 _ = o // 2 _ = -o _ = #o _ = o .. "x"
  _ = o < p _ = o <= p _ = o == p _ = o > p _ = o >= p _ = o ~= p
  _ = o.field _ = o[1] _ = o(1)
  o.field = nil
  o[1] = nil
end
for _ = 1, 20 do effects() end
log = {}
effects()
print(#log, table.concat(log, ","))

-- Errors of unused expressions.
local failing = {
  function(v) local _ = v + 1 end, function(v) local _ = -v end, function(v) local _ = v.x end,
  function(v) local _ = v < 1 end,
  function(v) local _ = v .. "" end, function(v) local _ = #v end, function(v) local _ = v & 1 end, function(v) v() end,
  function(v) local _ = v[1][2] end, function(v) local _ = not (v > 2) end, function(v) local _ = 1 // v end,
}
local messages = {}
for k, f in ipairs(failing) do
  local good = k == 3 and {} or k == 5 and "s" or k == 6 and "s" or k == 8 and print or k == 9 and { {} } or 5
  if k == 8 then good = function() end end
  local ok, e = pcall(function() for i = 1, 300 do f(i < 300 and good or nil) end end)
  messages[k] = tostring(ok) .. " " .. e:gsub("^.-:", "", 1)
end
print(table.concat(messages, "\n"))
print(pcall(function() for i = 1, 300 do local _ = i % (300 - i) end end))
print(pcall(function() for i = 1, 300 do local _ = (i < 300 and i or 1.5) | 0 end end))

-- Conditions without bodies, and results that are adjusted away.
local evaluated = 0
local function truth(v) evaluated = evaluated + 1 return v end
for i = 1, 200 do
  if truth(i % 2 == 0) and truth(false) then end
  if truth(nil) or truth(i) then else end
  local _ = truth(1), truth(2), truth(3)
  local a = (truth(4))
  truth(5) truth(6)
  while truth(false) do end
  repeat until truth(true)
  for _ = truth(1), truth(0) do end
end
print(evaluated)

-- Stores that are overwritten at once: __newindex sees each of them, and so does a getter in between.
local writes = {}
local w = setmetatable({}, { __newindex = function(_, k, v) writes[#writes + 1] = k .. v end })
for i = 1, 100 do
  w.a = i
  w.a = i + 1
  w.b, w.a = 1, 2
end
print(#writes, writes[397], writes[398], table.concat(writes, " ", 1, 4))
local plain, seen = { v = 0 }, 0
local function look() seen = seen + plain.v end
for i = 1, 300 do
  plain.v = i
  look()
  plain.v = -i
  look()
  plain.v = 0
end
print(seen, plain.v)
