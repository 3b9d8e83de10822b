-- The stack may overflow while a tail call takes its caller's place: an error like any other.
local function make(n)
  local body = ("local a = x "):rep(n) .. "return deep(x, ...)"
  return load("local deep = ... return function(x, ...) " .. body .. " end")
end
for n = 1, 106, 35 do
  for m = 1, 186, 37 do
    local step
    local deep = load("local step = ... return function(x, ...) " .. ("local a = x "):rep(m) .. "return 1 + step(x, ...) end")
    deep = deep(function(...) return step(...) end)
    step = make(n)(deep)
    local ok, message = xpcall(step, function(e) return #debug.traceback(e) > 100 and e end, 1, 2, 3)
    print(n, m, ok, tostring(message):find("stack overflow") ~= nil)
  end
end
