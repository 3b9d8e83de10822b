-- The length of a table, a string or an object with __len changes while a loop depends on it.
local t = {}
for i = 1, 300 do t[#t + 1] = i if i % 3 == 0 then t[#t] = nil end end
print(#t, t[#t])
local s, i = 0, 1
while i <= #t do
  s = s + t[i]
  if i % 10 == 0 and #t < 500 then t[#t + 1] = 1 end
  if i % 7 == 0 then t[#t] = nil end
  i = i + 1
end
print(s, #t, i)
-- A for loop takes the length once, whatever happens to the table.
local n = 0
for k = 1, #t do n = n + 1 t[k] = nil end
print(n, #t)
local grow = { 1 }
for k = 1, #grow do grow[#grow + 1] = k end
for k = 1, 300 do grow[#grow + 1] = grow[#grow] + k end
print(#grow, grow[#grow])

-- Lengths of strings, of tables with __len, and of neither, at one place.
local function len(x) return #x end
local lengths = 0
local objs = { "four", { 1, 2, 3 }, setmetatable({ 1 }, { __len = function() return 40 end }), ("x"):rep(500), {} }
for r = 1, 100 do for k = 1, #objs do lengths = lengths + len(objs[k]) end end
print(lengths)
print(pcall(function() for k = 1, 300 do lengths = lengths + len(k == 250 and 7 or "a") end end), lengths)
print(pcall(function() for k = 1, 300 do lengths = lengths + len(k < 260 and "a" or nil) end end), lengths)
local odd = setmetatable({}, { __len = function() return "not a number" end })
print(len(odd), pcall(function() for k = 1, #odd do s = k end end))
print(pcall(table.unpack, odd)) print(pcall(table.insert, odd, 1))

-- __len appears in the middle of the loop, changes its mind, and goes.
local o = { 1, 2, 3, 4 }
local marks = {}
for k = 1, 400 do
  if k == 100 then setmetatable(o, { __len = function() return 1000 end })
  elseif k == 200 then getmetatable(o).__len = function(x) return rawlen(x) / 8 end
  elseif k == 300 then getmetatable(o).__len = nil
  end
  marks[#o] = (marks[#o] or 0) + 1
end
print(marks[4], marks[1000], marks[0.5], rawlen(o))

-- Appending by #t + 1, by a counter and by table.insert in the same loop.
local a, c = {}, 0
for k = 1, 600 do
  if k % 3 == 0 then a[#a + 1] = k elseif k % 3 == 1 then table.insert(a, k) else a[c + 1] = k end
  c = c + 1
end
print(#a, c, a[1], a[300], a[600])
for _ = 1, 300 do table.remove(a) a[#a] = nil end
print(#a, next(a))
-- Nested arrays: rows of different lengths, shortened and lengthened on the way.
local rows = {}
for r = 1, 30 do rows[r] = {} for k = 1, r do rows[r][k] = k end end
local total = 0
for r = 1, #rows do
  local row = rows[r]
  if r % 4 == 0 then row[#row] = nil elseif r % 5 == 0 then row[#row + 1] = 100 end
  for k = 1, #row do total = total + row[k] * #rows[k % #rows + 1] end
end
print(total)
local text, steps = "x", 0
while #text < 2000 do text = text .. text:sub(1, steps) steps = steps + 1 end
print(#text, steps)
