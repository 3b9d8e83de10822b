-- Names and lines of every active level, seen from inside callbacks.
local function levels()
  local out, l = {}, 2
  while true do
    local i = debug.getinfo(l, "Snl")
    if not i then break end
    out[#out + 1] = ("%s:%s:%s:%d"):format(i.what, i.namewhat, tostring(i.name), i.currentline)
    l = l + 1
  end
  return table.concat(out, " | ")
end
local function direct() local s = levels() return s end
print((direct()))
local t = { method = function(self) local s = levels() return s end }
print((t:method())) print((t.method()))
print((string.gsub("x", "x", function() local s = levels() return s end)))
print(select(2, pcall(function() local s = levels() return s end)))
print(coroutine.wrap(function() local s = levels() return s end)())
table.sort({ 1, 2 }, function() if not done then done = levels() end return false end)
print(done)
for _, s in (function()
  local s = levels()
  return function(_, c) if not c then return 1, s end end
end)() do print(s) end
print(load("local l = ... ; local s = l() return s", "=chunk")(levels))
print(setmetatable({}, { __index = function() local s = levels() return s end }).x)
