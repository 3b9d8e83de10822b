-- Longest-match tokens and precedence of adjacent operators.
local t = { [1] = 1, x = { y = 5 } }
print(1 .. 2, 1 ..2, "a".."b")
print(2^-1, -2^2, not nil==true, 2^3^2, -3%5, -(3%5))
print(1<<2+1, 1<<(2)+1, 5&3|8, 5~3, ~5, ~~5, - -5, not not nil)
print(7//2, 7%3, 7/2, 7//2.0, 1 .. 2 == "12")
print(1 < 2 == true, "a" .. "b" == "ab", 1 + 1 == 2 and "yes" or "no")
print(#"abc" + 1, -#"abc", (#{1, 2, 3}) ^ 2)
print(t.x.y, t . x . y, t["x"]["y"], (t).x.y)
print((3 & 5) == 1, select(2, pcall(load "return 3 & (5 == 1)", 1)))
print(2 * 3 % 4, 2 + 3 << 1, 1 | 2 ~ 3 & 4, "x" .. 1 + 2)
print(1 or error(), nil and error(), false or nil, nil or false, false and nil)
do local a <const> = 3; print(a^2) end
goto done
print "skipped"
::done:: print "label"
