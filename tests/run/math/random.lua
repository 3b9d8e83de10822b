-- math.random: ranges, kinds, seeding repeats the sequence, errors.
math.randomseed(42)
local a, b, c = math.random(), math.random(10), math.random(5, 8)
print(a >= 0 and a < 1, b >= 1 and b <= 10, c >= 5 and c <= 8, math.type(a), math.type(b))
math.randomseed(42)
print(a == math.random(), b == math.random(10), c == math.random(5, 8))
math.randomseed(7, 9) local x = math.random(0) math.randomseed(7, 9) print(x == math.random(0), math.type(x))
math.randomseed(1) local p = math.random(1 << 40) math.randomseed(1.0) print(p == math.random(1 << 40))
for i = 1, 200 do local v = math.random(3) if v < 1 or v > 3 or math.type(v) ~= "integer" then print "bad" end end
for i = 1, 200 do local v = math.random(-2, 2) if v < -2 or v > 2 then print "bad" end end
print(math.random(5, 5), math.random(math.maxinteger, math.maxinteger), math.type(math.random(math.mininteger, math.maxinteger)))
local seen = {} for i = 1, 500 do seen[math.random(4)] = true end print(seen[1], seen[2], seen[3], seen[4], seen[5])
print(pcall(math.random, 0, -1)) print(pcall(math.random, 5, 1)) print(pcall(math.random, -1)) print(pcall(math.random, 1, 2, 3)) print(pcall(math.random, 1.5)) print(pcall(math.random, "x")) print(pcall(math.random, {}))
print(math.random("3") <= 3, math.random(3.0) <= 3)
print(pcall(math.randomseed, "x")) print(pcall(math.randomseed, {})) print(select("#", math.randomseed(5)))
math.randomseed(123) print(math.random(1000000), math.random(1000000), math.random(1000000), math.random(0))
math.randomseed(-1) print(math.random(100), math.random(100)) math.randomseed(2^40) print(math.random(100))
math.randomseed(0, 0) print(("%.14g"):format(math.random()), math.random(1, 6))
local sum = 0 math.randomseed(99) for i = 1, 1000 do sum = sum + math.random() end print(sum > 400 and sum < 600)
