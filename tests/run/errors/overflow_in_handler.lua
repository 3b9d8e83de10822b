-- A message handler of a stack overflow has some room to work in, whatever it calls, and running out of it is an error too.
local function fails_with(pattern, f, ...)
  local ok, e = pcall(f, ...)
  return not ok and e:find(pattern) ~= nil
end
local function loop(x, y, z) return 1 + loop(x, y, z) end
for depth = 1, 12 do
  local calls = 0
  local function down(n)
    if n > 0 then
      local ok, result = down(n - 1)
      return ok, result
    end
    return xpcall(loop, function(m)
      calls = calls + 1
      assert(m:find("stack overflow"), m)
      assert(fails_with("error handling", loop))
      return math.sin(0) + 15
    end)
  end
  local ok, result = down(depth)
  print(ok, result, calls)
end
