-- debug.setlocal changes variables of hot frames to other types.
local function find(level, name)
  for i = 1, 200 do
    local n = debug.getlocal(level + 1, i)
    if n == name then return i elseif not n then return nil end
  end
end
local function poke(name, value) local i = find(2, name) return debug.setlocal(2, i, value) end
local function hot(n)
  local s, k = 0, 1
  for i = 1, n do
    s = s + k
    if i == 50 then poke("k", 2) elseif i == 100 then poke("k", 0.5) elseif i == 150 then poke("k", "3") end
  end
  return s, k
end
print(hot(200)) print(pcall(function()
  local t = 1
  for i = 1, 100 do if i == 60 then poke("t", nil) end t = t + 1 end
end))
local function tbl(n)
  local o = { v = 1 }
  local s = 0
  for i = 1, n do
    s = s + o.v
    if i == 30 then poke("o", setmetatable({}, { __index = function() return 10 end })) end
  end
  return s
end
print(tbl(60))
local function fn(n)
  local f = function() return 1 end
  local s = 0
  for i = 1, n do s = s + f() if i == 40 then poke("f", function() return 100 end) end end
  return s
end
print(fn(80))
local function arr(n)
  local a = { 1, 2, 3 }
  local s = 0
  for i = 1, n do for j = 1, #a do s = s + a[j] end if i == 20 then poke("a", { 10, 20 }) end end
  return s
end
print(arr(40))
local function loopvar()
  local r = {}
  for i = 1, 10 do if i == 5 then poke("i", "five") end r[#r + 1] = tostring(i) end
  return table.concat(r, " ")
end
print(loopvar())
local function outer()
  local x = 1
  local function inner() local i = find(2, "x") debug.setlocal(2, i, x + 1) end
  for i = 1, 100 do inner() end
  return x
end
print(outer())
local function caller()
  local secret = 1
  local function callee()
    for l = 1, 5 do
      local i = find(l, "secret")
      if i then debug.setlocal(l, i, "found at " .. l) return end
    end
  end
  callee()
  return secret
end
print(caller())
