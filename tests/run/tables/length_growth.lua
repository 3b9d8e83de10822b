-- Length of sequences as they grow and shrink from the end.
local t = {}
print(#t)
for i = 1, 20 do t[i] = i if #t ~= i then print("bad", i) end end
print(#t)
for i = 20, 11, -1 do t[i] = nil end
print(#t)
t[#t + 1] = "x" print(#t, t[11])
t[#t] = nil print(#t)
local r = {}
for i = 10, 1, -1 do r[i] = i end
print(#r)
local h = {}
h[1] = 1 h[2] = 2 h[4] = 4
h[3] = 3
print(#h)
local s = {}
for i = 1, 100 do s[#s + 1] = i end
for i = 1, 99 do s[#s] = nil end
print(#s, s[1])
s[#s] = nil print(#s)
print(#{ 1, 2, 3 }, #{}, #{ "a" }, #{ x = 1 }, #{ [1] = 1, [2] = 2 })
local neg = { [0] = "zero", [-1] = "m" } print(#neg)
neg[1] = "one" print(#neg)
local q, head, tail = {}, 1, 0
for i = 1, 50 do tail = tail + 1 q[tail] = i if i % 3 == 0 then q[head] = nil head = head + 1 end end
print(head, tail, q[head], q[tail])
