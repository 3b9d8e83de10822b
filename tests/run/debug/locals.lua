-- getlocal and setlocal on live frames, parameters, varargs, temporaries, coroutines.
local function show(level)
  local out, i = {}, 1
  while true do
    local n, v = debug.getlocal(level, i)
    if not n then break end
    if not n:find "^%(" and type(v) ~= "function" then out[#out + 1] = n .. "=" .. tostring(v) end
    i = i + 1
  end
  print(table.concat(out, " "))
end
local function f(a, b, ...)
  local x = 10
  do local y = 20 show(2) end
  local z = 30
  show(2)
  for i = 1, 1 do local w = i show(2) end
end
f(1, 2, 3)
f()
local function v(...)
  local n1, v1 = debug.getlocal(1, -1)
  local n2, v2 = debug.getlocal(1, -2)
  print(n1, v1, n2, v2, debug.getlocal(1, -3))
  debug.setlocal(1, -1, "changed")
  print(...)
end
v("a", "b")
local function s()
  local a, b = 1, 2
  print(debug.setlocal(1, 1, "new a"), debug.setlocal(1, 2, nil), debug.setlocal(1, 100, 0))
  print(a, b)
end
s()
local function outer()
  local hidden = "before"
  local function inner() print(debug.setlocal(2, 1, "after")) end
  inner()
  return hidden
end
print(outer())
print(debug.getlocal(f, 1), debug.getlocal(f, 2), debug.getlocal(f, 3), debug.getlocal(print, 1))
print(pcall(debug.getlocal, 100, 1))
print(pcall(debug.setlocal, 100, 1, 1)) print(pcall(debug.getlocal))
print(pcall(debug.getlocal, 1)) print(pcall(debug.getlocal, {}, 1))
print(pcall(debug.setlocal, 1)) print(debug.getlocal(1, 0))
local co = coroutine.create(function(p) local q = p * 2 coroutine.yield() return p, q end)
coroutine.resume(co, 21)
print(debug.getlocal(co, 1, 1)) print(debug.getlocal(co, 1, 2))
print(debug.setlocal(co, 1, 2, "set from outside"), debug.setlocal(co, 1, 1, 7))
print(coroutine.resume(co))
local sum = 0
local function hot(n)
  local acc = 0
  for i = 1, n do
    acc = acc + i
    if i == n // 2 then
      local _ = (function()
        for k = 1, 10 do if debug.getlocal(2, k) == "acc" then debug.setlocal(2, k, 1000000) return end end
      end)()
    end
  end
  return acc
end
print(hot(10), hot(100))
local function types()
  local v = 1
  local r = {}
  for i = 1, 4 do
    if i == 2 then
      debug.setlocal(1, 1, "str")
    elseif i == 3 then
      debug.setlocal(1, 1, 2.5)
    elseif i == 4 then
      debug.setlocal(1, 1, nil)
    end
    r[i] = tostring(v)
  end
  return table.concat(r, ",")
end
print(types())
