-- coroutine.running, isyieldable and status from the main thread, coroutines, callbacks and finalizers.
local main, is_main = coroutine.running()
print(type(main), is_main, coroutine.isyieldable(), coroutine.isyieldable(main), coroutine.status(main))
local co
co = coroutine.create(function(...)
  local self, m = coroutine.running()
  print(self == co, m, coroutine.isyieldable(), coroutine.status(co), coroutine.status(main), ...)
  local inner = coroutine.wrap(function()
    print(coroutine.status(co), coroutine.status(main), coroutine.running() ~= co, coroutine.isyieldable(co))
    coroutine.yield()
  end)
  inner()
  print(coroutine.yield("out"))
  return "end"
end)
print(coroutine.isyieldable(co), coroutine.status(co))
print(coroutine.resume(co, 1, nil, 3)) print(coroutine.status(co), coroutine.isyieldable(co))
print(coroutine.resume(co, "in")) print(coroutine.status(co), coroutine.isyieldable(co))
print(coroutine.resume(co)) print(coroutine.close(co), coroutine.status(co))

-- Within sort, gsub, metamethods, iterators and __gc.
local function where() return tostring(coroutine.isyieldable()) end
coroutine.wrap(function()
  table.sort({ 2, 1 }, function(a, b) io.write("sort ", where(), " ") return a < b end)
  string.gsub("x", "x", function() io.write("gsub ", where(), " ") end)
  local t = setmetatable({}, { __index = function() return where() end, __add = function() return where() end })
  io.write("index ", t.x, " add ", t + 1, " ")
  for v in function(_, c) if not c then return where() end end do io.write("for ", v, " ") end
  io.write("pcall ", select(2, pcall(where)), " load ", load("return coroutine.isyieldable() and 'true' or 'false'")(), "\n")
end)()
setmetatable({}, { __gc = function() print("gc", where(), select(2, coroutine.running())) end })
collectgarbage()

-- Who cannot be resumed, yielded or closed.
print(coroutine.resume(main)) print(pcall(coroutine.yield)) print(pcall(coroutine.close, main))
coroutine.wrap(function()
  local me = coroutine.running()
  print(coroutine.resume(me)) print(pcall(coroutine.close, me)) print(coroutine.resume(main)) print(pcall(coroutine.close, main))
end)()
for _, f in ipairs({ "resume", "status", "close", "isyieldable", "create", "wrap" }) do
  print(f, pcall(coroutine[f], 5)) print(f, pcall(coroutine[f]))
end
print(pcall(coroutine.create, setmetatable({}, { __call = print })))
