-- ipairs and pairs over tables that change while they run, within what is defined.
local t = { 1, 2, 3 }
local seen = {}
for i, v in ipairs(t) do
  seen[#seen + 1] = v
  if i == 2 then t[3], t[4] = 30, 40 end
  if i == 4 then t[5] = nil end
end
print(table.concat(seen, " "))
local removed = 0
local h = { a = 1, b = 2, c = 3, d = 4 }
for k in pairs(h) do h[k] = nil removed = removed + 1 end
print(removed, next(h))
local meta = setmetatable({ 1, 2 }, { __index = function(_, i) if i < 5 then return i * 10 end end })
for i, v in ipairs(meta) do io.write(i, ":", v, " ") if i == 3 then setmetatable(meta, nil) end end
print()
local iter, state, init = ipairs({ "x" })
print(type(iter), type(state), init, iter(state, 0)) print(iter(state, 1)) print(iter({ 5, 6 }, 1))
print(rawequal(iter, (ipairs {})), rawequal(next, (pairs {})))
local copy = {}
for k, v in next, { p = 1, q = 2 } do copy[k] = v end
print(copy.p, copy.q)
for i in ipairs { nil, 2 } do print("never", i) end
for i = 1, 2 do for k, v in pairs { i } do io.write(k, v, " ") end end
print()
