-- rawget, rawset, rawequal, rawlen and plain access by turns, on tables with and without metatables.
local mt = { __index = function(_, k) return "meta " .. tostring(k) end, __newindex = function() end,
  __len = function() return 99 end, __eq = function() return true end }
local plain, meta = { a = 1, 10, 20 }, setmetatable({ a = 1, 10, 20 }, mt)
local tally = {}
for i = 1, 600 do
  local t = i % 2 == 0 and plain or meta
  local k = i % 3 == 0 and "a" or i % 3 == 1 and 2 or "missing"
  local r, v = rawget(t, k), t[k]
  local key = tostring(r) .. "/" .. tostring(v)
  tally[key] = (tally[key] or 0) + 1
end
local keys = {}
for k, c in pairs(tally) do keys[#keys + 1] = k .. "=" .. c end
table.sort(keys)
print(table.concat(keys, " "))
local lens, raws = 0, 0
for i = 1, 300 do
  local t = i % 2 == 0 and plain or meta
  lens, raws = lens + #t, raws + rawlen(t)
end
print(lens, raws, rawlen("text"), pcall(rawlen, 5))
local eq, raweq = 0, 0
for i = 1, 300 do
  local x, y = setmetatable({}, mt), i % 3 == 0 and plain or meta
  if x == y then eq = eq + 1 end
  if rawequal(x, y) then raweq = raweq + 1 end
  if rawequal(i, i + 0.0) ~= (i == i + 0.0) or not rawequal("a" .. i, "a" .. i) then print("differs") end
end
print(eq, raweq)

-- rawset passes __newindex; a plain store does not; both mixed at one table.
for i = 1, 400 do
  if i % 2 == 0 then rawset(meta, "k" .. i % 10, i) else meta["k" .. i % 10] = i end
end
print(rawget(meta, "k0"), rawget(meta, "k2"), rawget(meta, "k1"), rawget(meta, "k9"))
meta.k0 = "plain store to a present field"
print(meta.k0)
local filled = 0
for i = 1, 300 do rawset(meta, i, i) filled = filled + rawlen(meta) end
print(filled, #meta, rawlen(meta))
print(pcall(rawset, meta, nil, 1)) print(pcall(rawset, {}, 0 / 0, 1))
print(pcall(rawget, "s", 1)) print(pcall(rawequal, 1))
print(rawset(plain, "z", 26) == plain, plain.z, select("#", rawget(plain, "none")))

-- Identity: tables, functions, strings and numbers as keys and in comparisons.
local set, ids = {}, {}
for i = 1, 300 do
  local k
  local kind = i % 6
  if kind == 0 then k = {} elseif kind == 1 then k = function() return i end elseif kind == 2 then k = "s" .. i % 12
  elseif kind == 3 then k = i % 9 elseif kind == 4 then k = (i % 9) + 0.0 else k = i % 2 == 0 end
  if set[k] == nil then ids[kind] = (ids[kind] or 0) + 1 end
  set[k] = true
end
print(ids[0], ids[1], ids[2], ids[3], ids[4], ids[5])
local made = {}
for i = 1, 200 do made[i] = function() return made end end
local distinct = 0
for i = 2, 200 do if made[i] ~= made[i - 1] and made[i]() == made then distinct = distinct + 1 end end
print(distinct, math.abs == math.abs, ("x").rep == string.rep, print ~= io.write)

-- getmetatable and setmetatable hot; __metatable hides; userdata and strings have theirs.
local hidden = setmetatable({}, { __metatable = "hidden" })
local h, m, none = 0, 0, 0
for i = 1, 300 do
  local t = i % 3 == 0 and hidden or i % 3 == 1 and meta or plain
  local g = getmetatable(t)
  if g == "hidden" then h = h + 1 elseif g == mt then m = m + 1 elseif g == nil then none = none + 1 end
end
print(h, m, none, pcall(setmetatable, hidden, {}))
print(getmetatable("").__index == string, getmetatable(io.stdout).__name, getmetatable(1), getmetatable(print))
for i = 1, 300 do setmetatable(plain, i % 2 == 0 and mt or nil) end
print(getmetatable(plain) == mt, plain.nothing, setmetatable(plain, nil) == plain, plain.nothing)
