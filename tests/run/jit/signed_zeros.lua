-- Minus zero: where it arises in hot loops, where it must not, and how it shows.
local function sign(x) return 1 / x < 0 and "-" or "+" end
local function signs(n, f)
  local r = { ["+"] = 0, ["-"] = 0 }
  for i = 1, n do
    local s = sign(f(i))
    r[s] = r[s] + 1
  end
  return r["+"] .. "/" .. r["-"]
end
local zero, fzero = 0, 0.0
print(signs(300, function() return zero * -1 end), signs(300, function() return fzero * -1 end))
print(signs(300, function() return -zero end), signs(300, function() return -fzero end))
print(signs(300, function(i) return i % 2 == 0 and 0 or -0.0 end), signs(300, function() return fzero - fzero end))
print(signs(300, function() return -0.0 + 0 end), signs(300, function() return -0.0 - zero end))
print(signs(300, function() return -0.0 + -0.0 end), signs(300, function() return -0.0 - -0.0 end))
print(signs(300, function(i) return (i - i) / -1 end), signs(300, function(i) return 0 // -i end))
print(signs(300, function(i) return 0.0 // -i end), signs(300, function(i) return -i // math.huge + 1 end))
print(signs(300, function(i) return -i % i end), signs(300, function(i) return -(i + 0.0) % i end))
print(signs(300, function(i) return i % -(i + 0.0) end), signs(300, function() return math.fmod(-6.0, 3) end))
print(signs(300, function() return math.ceil(-0.5) end), signs(300, function() return math.floor(-0.0) end))
print(signs(300, function() return math.abs(-0.0) end), signs(300, function() return math.max(-0.0, 0.0) end))
print(signs(300, function() return math.max(0.0, -0.0) end), signs(300, function() return math.min(0.0, -0.0) end))
print(signs(300, function() return tonumber("-0") end), signs(300, function() return tonumber("-0.0") end))
print(signs(300, function() return "0" * -1 end), signs(300, function() return "0.0" * -1 end))

-- The kind of zero changes within one loop; sums keep or lose the sign.
local function sum(n, first, rest)
  local s = first
  for i = 1, n do s = s + (i < n and rest or -0.0) end
  return s, sign(s)
end
print(sum(300, -0.0, -0.0)) print(sum(300, -0.0, 0)) print(sum(300, 0, -0.0)) print(sum(300, 0, 0))
local function negated(n, from)
  local x, minus = 0, 0
  for i = 1, n do
    if i == from then x = 0.0 end
    x = -x
    if sign(x) == "-" then minus = minus + 1 end
  end
  return minus, x
end
print(negated(400, 500)) print(negated(400, 201)) print(negated(400, 1))

-- Equality and order do not tell them apart; text does.
local equal, text = 0, {}
for i = 1, 300 do
  local z = i % 3 == 0 and -0.0 or i % 3 == 1 and 0.0 or 0
  if z == 0 and z <= -0.0 and not (z < 0.0) then equal = equal + 1 end
  text[tostring(z)] = (text[tostring(z)] or 0) + 1
end
print(equal, text["0"], text["0.0"], text["-0.0"])
print(("%g %g %.1f %a"):format(-0.0, 0.0, -0.0, -0.0), -0.0 .. "", 0.0 .. "")
