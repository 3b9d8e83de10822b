-- Strings as operands of arithmetic that has seen only numbers: the kind of the result follows the text.
local function arith(n, at, text)
  local a, s, m, d, q, r, p, u = 1, 1, 1, 1, 1, 1, 1, 1
  for i = 1, n do
    local v = 3
    if i == at then v = text end
    a, s, m = v + 1, v - 1, v * 2
    d, q, r = v / 2, v // 2, v % 2
    p, u = v ^ 2, -v
    if i == at then return a, s, m, d, q, r, p, u end
  end
end
for _, text in ipairs({ "10", "10.0", "-7", "0x1F", "0x.8p1", " 5 ", "1e3", "-0", "-0.0", "9223372036854775807",
  "9223372036854775808", "0xffffffffffffffff" }) do
  print(text, arith(400, 350, text))
end
for _, text in ipairs({ "", " ", "x", "1x", "0x", "1e", "1 1", "inf", "nan", "--1", "1\0" }) do
  local ok, e = pcall(arith, 400, 350, text)
  print(ok, (e:gsub("%z", "0")))
end

-- Both operands are strings, or the string stands on the right.
local sum, kinds = 0, { integer = 0, float = 0 }
for i = 1, 600 do
  local l, r = i, i
  if i % 3 == 0 then l = tostring(i) end
  if i % 5 == 0 then r = i .. (i % 2 == 0 and ".0" or "") end
  local v = l * r - r
  kinds[math.type(v)] = kinds[math.type(v)] + 1
  sum = sum + v
end
print(sum, kinds.integer, kinds.float)

-- Text that comes from the loop itself.
local x = "1"
for i = 1, 300 do
  x = (x + 1) .. ""
  if i == 150 then x = x .. ".5" end
end
print(x, type(x))
local digits = "314159265358979323846264338327950288419716939937510"
local total = 0
for r = 1, 8 do for i = 1, #digits do total = total + digits:sub(i, i) * r end end
print(total)

-- A metamethod of the other operand comes before the coercion.
local mt = { __add = function(a, b) return type(a) .. "+" .. type(b) end }
local o, seen = setmetatable({}, mt), {}
for i = 1, 300 do
  local v = i % 2 == 0 and "5" or 5
  seen[v + o] = (seen[v + o] or 0) + 1
  seen[o + v] = (seen[o + v] or 0) + 1
end
print(seen["string+table"], seen["table+string"], seen["number+table"], seen["table+number"])

-- Loops do not coerce their limits, comparisons do not coerce either, concatenation converts numbers.
print(pcall(function() for i = 1, "300" do x = i end end)) print(pcall(function() return 1 < "2" end))
local parts = {}
for i = 1, 300 do parts[#parts + 1] = i % 100 == 0 and i .. i + 0.5 or nil end
print(table.concat(parts, " "), 10 == "10", "10" + 0 == 10)
