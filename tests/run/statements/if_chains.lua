-- if/elseif/else in every arrangement.
local function classify(n)
  if n < 0 then return "negative"
  elseif n == 0 then return "zero"
  elseif n < 10 then
    if n % 2 == 0 then return "small even" else return "small odd" end
  elseif n < 100 then return "medium"
  else return "large" end
end
for _, n in ipairs { -5, 0, 3, 4, 10, 99, 100, 1e9 } do print(n, classify(n)) end
if nil then print "no" elseif false then print "no" else print "else" end
if 0 then end
if false then else print "empty then" end
local function tern(c, a, b) if c then return a end return b end
print(tern(1, 2, 3), tern(nil, 2, 3))
if not (1 > 2) and (2 > 1 or error("never")) then print "logic" end
local t = {}
if t.a and t.a.b then print "no" elseif #t == 0 then print "empty" end
local n = 0
for i = 1, 10 do if i % 3 == 0 then n = n + 1 elseif i % 3 == 1 then n = n + 10 else n = n + 100 end end
print(n)
