-- Tables change from array to hash and back while loops read and write them.
local function sum(t, n) local s = 0 for i = 1, n do s = s + (t[i] or 0) end return s end
local t = {}
for i = 1, 300 do
  t[i] = i
  if i == 150 then t[2^40] = 1 t[-5] = 5 t.x = 10 end
end
print(sum(t, 300), #t, t[1 << 40], t[-5], t.x)
for i = 300, 1, -1 do t[i] = nil end
print(sum(t, 300), #t, t[-5], t.x)
for i = 300, 1, -1 do t[i] = i * 2 end
print(sum(t, 300), #t)

-- Sparse at first, then filled; keys in descending, random and strided order.
local function fill(order)
  local a = {}
  for _, k in ipairs(order) do a[k] = k end
  return sum(a, 600), #a
end
local down, stride, shuffled = {}, {}, {}
for i = 600, 1, -1 do down[#down + 1] = i end
for s = 1, 7 do for i = s, 600, 7 do stride[#stride + 1] = i end end
for i = 1, 600 do shuffled[i] = i * 367 % 601 end
print(fill(down)) print(fill(stride)) print(fill(shuffled))

-- A hot reader of integer keys is given a table of another kind each time.
local kinds = {}
kinds[1] = {} for i = 1, 300 do kinds[1][i] = i end
kinds[2] = {} for i = 300, 1, -1 do kinds[2][i] = i end
kinds[3] = {} for i = 1, 300 do kinds[3][i + 0.0] = i end
kinds[4] = setmetatable({}, { __index = function(_, i) return i end })
kinds[5] = setmetatable({}, { __index = kinds[1] })
kinds[6] = { [1] = 1, [300] = 300 }
kinds[7] = table.move(kinds[1], 1, 300, 1, {})
kinds[8] = { table.unpack(kinds[1], 1, 200) }
for i = 1, #kinds do io.write(sum(kinds[i], 300), " ") end
print(pcall(sum, "string", 300)) print(pcall(sum, nil, 1))

-- Elements change their kind in place: integers, floats, booleans, tables, nil, wide integers.
local a = {}
for i = 1, 400 do a[i] = i end
local function classify(arr)
  local c = {}
  for i = 1, 400 do
    local v = arr[i]
    local k = math.type(v) or type(v)
    c[k] = (c[k] or 0) + 1
  end
  return ("%d %d %d %d %d"):format(c.integer or 0, c.float or 0, c.boolean or 0, c.table or 0, c["nil"] or 0)
end
print(classify(a)) a[200] = 0.5 print(classify(a)) a[201] = false print(classify(a)) a[202] = {} print(classify(a))
a[203] = nil print(classify(a)) a[204] = 1 << 60 print(classify(a), a[204])
for i = 1, 400 do a[i] = i / 2 end print(classify(a)) for i = 1, 400, 2 do a[i] = nil end print(classify(a))
for i = 1, 400 do a[i] = a[i] or i end print(classify(a), #a)

-- Growth beyond every capacity while another loop counts, and a table used as stack and as queue.
local q, head, out = {}, 1, 0
for i = 1, 1000 do
  q[#q + 1] = i
  if i % 3 == 0 then out = out + q[head] q[head] = nil head = head + 1 end
end
print(out, head, q[head], q[1000], q[1])
local stack, top = {}, 0
for i = 1, 900 do
  if i % 3 == 0 then out = out - stack[#stack] stack[#stack] = nil else stack[#stack + 1] = i end
  top = math.max(top, #stack)
end
print(out, top, #stack)
