-- Yields inside iterator functions, closing handlers and for loops.
local co = coroutine.wrap(function()
  for i in function(_, c)
    c = (c or 0) + 1
    coroutine.yield("iter " .. c)
    if c <= 3 then return c end
  end do coroutine.yield("body " .. i) end
  return "end"
end)
for i = 1, 8 do io.write(tostring(co()), " | ") end print()
co = coroutine.wrap(function()
  for k, v in pairs(setmetatable({}, { __pairs = function(t)
    coroutine.yield("in __pairs")
    return next, { 5 }
  end })) do coroutine.yield(k .. "=" .. v) end
  return "over"
end)
print(co(), co(), co())
co = coroutine.wrap(function()
  local closer = setmetatable({}, { __close = function() coroutine.yield("closing") end })
  for i in function(_, c) if (c or 0) < 2 then return (c or 0) + 1 end end, nil, nil, closer do coroutine.yield(i) end
  return "closed"
end)
print(co(), co(), co(), co())
local function walk(t, d)
  for i = 1, #t do if type(t[i]) == "table" then walk(t[i], d + 1) else coroutine.yield(t[i], d) end end
end
for v, d in coroutine.wrap(function() walk({ 1, { 2, { 3, 4 }, 5 }, 6 }, 0) end) do io.write(v, "@", d, " ") end print()
co = coroutine.wrap(function() for i = 1, 3 do for j = 1, 2 do coroutine.yield(i * 10 + j) end end end)
local s = 0 for v in co do s = s + v end print(s)
