-- Concatenation of strings with numbers of every kind, in hot loops and in long chains.
local function join(n, f)
  local s = ""
  for i = 1, n do
    local v = f(i)
    s = v .. ":" .. s
    if #s > 40 then s = s:sub(1, 40) end
  end
  return s
end
print(join(300, function(i) return i end)) print(join(300, function(i) return i / 4 end))
print(join(300, function(i) return i + 0.0 end)) print(join(300, function(i) return i * 1e15 end))
print(join(300, function(i) return -i * (1 << 50) end))
print(join(300, function(i) return i % 2 == 0 and i or i / 2 end))
print(join(300, function(i) return 10.0 ^ i end)) print(join(300, function(i) return i // 0.0 end))
print(join(300, function(i) return i % 3 == 0 and "s" or i end))

-- Numbers on both sides; precedence and associativity.
local c = 0
for i = 1, 300 do
  local v = i .. i
  if v == i .. "" .. i and #v == 2 * #(i .. "") and v + 0 == v * 1 then c = c + 1 end
  if 1 .. 2 == "12" and i + 1 .. "" == "" .. i + 1 and -i .. "" == "-" .. i then c = c + 1 end
end
print(c)

-- The kind changes in the middle; a value that cannot be joined ends the loop.
local function chain(n, at, x)
  local parts = 0
  local v = "a"
  for i = 1, n do
    if i == at then v = x end
    parts = parts + #(i .. v .. 0.5 .. v .. "z")
  end
  return parts
end
print(chain(400, 200, 7), chain(400, 200, 7.25), chain(400, 200, ""), chain(400, 200, ("y"):rep(100)))
print(pcall(chain, 400, 200, nil)) print(pcall(chain, 400, 200, {})) print(pcall(chain, 400, 200, true))
print(pcall(chain, 400, 200, print))
local mt = { __concat = function(a, b)
  return (type(a) == "table" and "T" or a) .. "+" .. (type(b) == "table" and "T" or b)
end }
local obj = setmetatable({}, mt)
print(chain(400, 200, obj), 1 .. obj, obj .. 2.5, obj .. obj, "a" .. 1 .. obj .. 2 .. "b", "x" .. "y" .. obj)

-- Buffers: in a table, by doubling, by prepending; results are checked by a sum over the bytes.
local function checksum(s) local h = 0 for i = 1, #s do h = (h * 31 + s:byte(i)) % 1000003 end return h end
local buf, s, p = {}, "", ""
for i = 1, 200 do
  buf[#buf + 1] = i
  buf[#buf + 1] = i % 2 == 0 and "," or ";"
  s = s .. i .. (i % 2 == 0 and "," or ";")
  p = (i % 2 == 0 and "," or ";") .. i .. p
end
print(table.concat(buf) == s, #s, checksum(s), #p, checksum(p))
local d = "ab"
for _ = 1, 9 do d = d .. d .. #d end
print(#d, checksum(d))
-- One concatenation of many operands, with locals, constants and calls.
local function id(x) return x end
local last
for i = 1, 300 do
  local a, b, e = i, i * 0.5, "e"
  last = a .. "-" .. b .. "-" .. e .. id(i) .. id("s")
    .. (i > 150 and "big" or "small") .. #e .. a .. b .. e .. 1 .. 2.0
end
print(last)
