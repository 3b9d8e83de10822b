-- The fourth value of generic for is closed on every way out.
local function iter(tag, n)
  local i = 0
  local closer = setmetatable({}, { __close = function(_, e) print("close", tag, e) end })
  return function() i = i + 1 if i <= n then return i end end, nil, nil, closer
end
for i in iter("normal", 2) do print(i) end
for i in iter("break", 5) do if i == 2 then break end end
local function f() for i in iter("return", 5) do if i == 3 then return "ret " .. i end end end
print(f())
print(pcall(function() for i in iter("error", 5) do error("boom " .. i) end end))
for i in iter("outer", 2) do for j in iter("inner", 2) do if j == 2 then goto next end end ::next:: end
for i in iter("empty", 0) do print "never" end
local co = coroutine.wrap(function() for i in iter("co", 3) do coroutine.yield(i) end return "end" end)
print(co(), co(), co(), co())
local c2 = coroutine.create(function() for i in iter("killed", 3) do coroutine.yield(i) end end)
print(coroutine.resume(c2))
print(coroutine.close(c2), coroutine.status(c2))
for a, b in function(s, c) if c == nil then return 1, "x" end end, nil, nil, nil do print(a, b) end
print(pcall(function() for i in next, {}, nil, 42 do end end))
