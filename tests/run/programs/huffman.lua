-- Huffman codes with deterministic tie-breaking; encode and decode.
local text = "she sells sea shells by the sea shore"
local freq, order = {}, {}
for c in text:gmatch(".") do if not freq[c] then order[#order + 1] = c end freq[c] = (freq[c] or 0) + 1 end
table.sort(order)
local q, id = {}, 0 for _, c in ipairs(order) do id = id + 1 q[#q + 1] = { f = freq[c], c = c, id = id } end
local function less(a, b) return a.f < b.f or a.f == b.f and a.id < b.id end
while #q > 1 do
  table.sort(q, less)
  local a, b = table.remove(q, 1), table.remove(q, 1)
  id = id + 1
  q[#q + 1] = { f = a.f + b.f, l = a, r = b, id = id }
end
local codes = {}
local function walk(n, p) if n.c then codes[n.c] = p else walk(n.l, p .. "0") walk(n.r, p .. "1") end end
walk(q[1], "")
local bits = text:gsub(".", codes) print(#bits, bits:sub(1, 40))
local out, n = {}, q[1]
for b in bits:gmatch(".") do n = b == "0" and n.l or n.r if n.c then out[#out + 1] = n.c n = q[1] end end
print(table.concat(out) == text)
for _, c in ipairs(order) do io.write(("%q=%s "):format(c, codes[c])) end print()
