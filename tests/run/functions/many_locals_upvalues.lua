-- Functions with nearly the maximum number of locals and upvalues.
local src = { "local t = {}" }
for i = 1, 190 do src[#src + 1] = ("local v%d = %d"):format(i, i) end
src[#src + 1] = "return v1 + v190, function() return v100 end"
local sum, f = load(table.concat(src, "\n"))()
print(sum, f())
local function too_many(n)
  local s = {}
  for i = 1, n do s[i] = "local a" .. i end
  return load(table.concat(s, "\n"), "=many")
end
print(too_many(200) ~= nil, select(2, too_many(201)))
local up = {}
for i = 1, 150 do up[#up + 1] = "local u" .. i .. " = " .. i end
up[#up + 1] = "return function() return 0"
for i = 1, 150 do up[#up + 1] = " + u" .. i end
up[#up + 1] = " end"
print(load(table.concat(up, "\n"))()())
local args = {}
for i = 1, 200 do args[i] = "p" .. i end
local g = load("return function(" .. table.concat(args, ",") .. ") return p1, p200 end")()
local vals = {} for i = 1, 200 do vals[i] = i end
print(g(table.unpack(vals)))
local call = {}
for i = 1, 240 do call[i] = tostring(i) end
print(select("#", load("return " .. table.concat(call, ","))()))
