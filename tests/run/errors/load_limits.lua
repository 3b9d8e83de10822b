-- Limits of the compiler: registers, upvalues, nesting, constants, jumps.
local function src(n, f, sep) local t = {} for i = 1, n do t[i] = f(i) end return table.concat(t, sep or " ") end
print(select(2, load("local " .. src(201, function(i) return "a" .. i end, ","), "=l")))
print(select(2, load("local function f(" .. src(201, function(i) return "p" .. i end, ",") .. ") end", "=l")))
print(load("local " .. src(200, function(i) return "a" .. i end, ","), "=l") ~= nil)
local ups = ""
for b = 0, 1 do
  ups = ups .. "local " .. src(150, function(i)
    return "u" .. b .. "_" .. i
  end, ",") .. " local function f" .. b .. "() "
end
print(select(2, load(ups .. " return " .. src(150, function(i)
  return "u0_" .. i .. ",u1_" .. i
end, ",") .. " end end", "=l")) ~= nil)
ups = src(256, function(i) return "" end)
local s1 = "local " .. src(180, function(i) return "a" .. i end, ",") .. "\nlocal function outer()\nlocal " .. src(180, function(i)
  return "b" .. i
end, ",") .. "\nlocal function inner() return " .. src(180, function(i) return "a" .. i .. "+b" .. i end, "+") .. " end end"
print((select(2, load(s1, "=l")):gsub(" near .*", "")))
print((select(2, load("f(" .. src(260, function(i) return "x" end, ",") .. ")", "=l")):gsub(" near .*", "")))
print(load("return {" .. src(1000, function(i) return "f()" end, ",") .. "}", "=l") ~= nil)
print(#load("return {" .. src(5000, function(i) return i end, ",") .. "}", "=l")())
print(load("x = " .. src(5000, function(i) return "'" .. i .. "'" end, "; x = "), "=l") ~= nil)
local big = load("local t = ... ; local s = 0 ; " .. src(400, function(i)
  return "if t[" .. i .. "] then s = s + " .. i .. " end"
end) .. " return s")
print(big({ [1] = true, [400] = true, [200] = true }))
local consts = load("local t = {} " .. src(700, function(i)
  return "t['k" .. i .. "'] = " .. i .. ".5"
end) .. " return t")
print(consts().k700, consts().k1)
local loop = load("local n = 0 for i = 1, 3 do " .. src(2000, function(i)
  return "n = n + 1"
end) .. " end return n")
print(loop())
local ifs = load("local x = ... " .. src(300, function(i)
  return (i == 1 and "if" or "elseif") .. " x == " .. i .. " then return 'case " .. i .. "'"
end) .. " end")
print(ifs(1), ifs(150), ifs(300), ifs(301))
print(load("return " .. src(190, function(i) return "(" end, "") .. "1" .. (")"):rep(190))())
local gotos = load("local n = 0 ::a0:: " .. src(100, function(i)
  return "do n = n + 1 if n > 1000 then return n end goto a" .. i .. " ::a" .. i .. ":: end"
end) .. " if n < 500 then goto a0 end return n")
print(gotos and gotos())
