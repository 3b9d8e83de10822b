-- How deep functions nest that native functions call: the count of C calls has the same limit everywhere.
local function nest(n)
  if n > 0 then string.gsub("a", "a", function() nest(n - 1) end) end
end
local function deepest(run)
  local last = 0
  for n = 150, 210 do
    if run(function() nest(n) return true end) then last = n end
  end
  return last
end
local function fresh(f) return coroutine.create(f) end

print("pcall", deepest(pcall))
print("pcall twice", deepest(function(f) return select(2, pcall(pcall, f)) end))
print("xpcall", deepest(function(f) return (xpcall(f, function() end)) end))
print("coroutine", deepest(function(f) return (coroutine.resume(fresh(f))) end))
print("resumed again", deepest(function(f)
  local co = fresh(function() coroutine.yield() return f() end)
  coroutine.resume(co)
  return (coroutine.resume(co))
end))
print("wrap", deepest(function(f) return (pcall(coroutine.wrap(f))) end))
print("coroutine in coroutine", deepest(function(f)
  return select(2, coroutine.resume(fresh(function() return (coroutine.resume(fresh(f))) end)))
end))
print("resume below pcall", deepest(function(f) return select(2, pcall(coroutine.resume, fresh(f))) end))
print("pcall below resume", deepest(function(f)
  return select(2, coroutine.resume(fresh(function() return (pcall(f)) end)))
end))
print("sort", deepest(function(f) return (pcall(table.sort, { 1, 2 }, function(a, b) f() return a < b end)) end))
print("gsub", deepest(function(f) return (pcall(string.gsub, "a", "a", function() f() end)) end))
print("tostring", deepest(function(f)
  return (pcall(tostring, setmetatable({}, { __tostring = function() f() return "" end })))
end))
print("load", deepest(function(f) return load(function() f() end) end))

local function resume_deeply(n)
  if n == 0 then return true end
  local ok, message = coroutine.resume(coroutine.create(resume_deeply), n - 1)
  return ok and message, message
end
local last = 0
for n = 150, 230 do if resume_deeply(n) == true then last = n end end
print("coroutines", last)
