-- Collections at loop back-edges must see every variable that is alive there, whatever the size of the loop's body.
local function fill(limit) local t = {} for i = 1, limit do t[i] = false end return #t end
print(fill(400000))
local function pairs_only(n) local t, c = {}, 0 for i = 1, n do t[i] = { i } end for _, v in ipairs(t) do c = c + v[1] end return c end
print(pairs_only(16000))
local function closures(n) local last for i = 1, n do last = function() return i end end return last() end
print(closures(100000))
local function nested(n) local s = 0 for i = 1, n do for j = 1, 10 do local t = { i, j } s = s + t[1] * t[2] end end return s end
print(nested(20000))
local function strings(n) local s for i = 1, n do s = "x" .. i end return s end
print(strings(100000))
local i, keep = 0, nil
while i < 100000 do i = i + 1 keep = { keep and keep[1] or i } end
print(i, keep[1])
repeat i = i - 1 local t = { i } until t[1] == 0
print(i)
for a, b in (function() local n = 0 return function() n = n + 1 if n < 50000 then return n, { n } end end end)() do i = i + b[1] - a end
print(i)
