-- Data structures over plain tables: stack, queue, linked list, matrix, set.
local list
for i = 5, 1, -1 do list = { v = i, next = list } end
local n, s = list, {} while n do s[#s + 1] = n.v n = n.next end print(table.concat(s, "->"))
local prev = nil n = list while n do n.next, prev, n = prev, n, n.next end
s = {} n = prev while n do s[#s + 1] = n.v n = n.next end print(table.concat(s, "->"))
local Q = { first = 1, last = 0 }
local function push(v) Q.last = Q.last + 1 Q[Q.last] = v end
local function pop() local v = Q[Q.first] Q[Q.first] = nil Q.first = Q.first + 1 return v end
for i = 1, 10 do push(i * i) end
print(pop(), pop(), Q.last - Q.first + 1)
local M = {} for i = 1, 4 do M[i] = {} for j = 1, 4 do M[i][j] = i * 10 + j end end
local tr = {} for i = 1, 4 do tr[i] = {} for j = 1, 4 do tr[i][j] = M[j][i] end end
print(table.concat(tr[1], " "), table.concat(tr[4], " "))
local function set(l) local r = {} for _, v in ipairs(l) do r[v] = true end return r end
local A, B = set { 1, 2, 3, "x" }, set { 2, 3, 4, "x" }
local inter = {} for k in pairs(A) do if B[k] then inter[#inter + 1] = tostring(k) end end
table.sort(inter) print(table.concat(inter, " "))
local heap = {}
local function hpush(v)
  local i = #heap + 1
  heap[i] = v
  while i > 1 and heap[i // 2] > heap[i] do heap[i // 2], heap[i] = heap[i], heap[i // 2] i = i // 2 end
end
local function hpop()
  local r, l = heap[1], table.remove(heap)
  if #heap > 0 then
    heap[1] = l
    local i = 1
    while true do
      local c = 2 * i
      if c > #heap then break end
      if c < #heap and heap[c + 1] < heap[c] then c = c + 1 end
      if heap[i] <= heap[c] then break end
      heap[i], heap[c] = heap[c], heap[i]
      i = c
    end
  end
  return r
end
for _, v in ipairs { 5, 3, 9, 1, 7, 2, 8 } do hpush(v) end
local out = {} while #heap > 0 do out[#out + 1] = hpop() end print(table.concat(out, " "))
