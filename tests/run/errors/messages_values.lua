-- error with non-string values through several pcalls; rethrow keeps identity.
local E = setmetatable({}, { __tostring = function(e) return "E(" .. tostring(e.v) .. ")" end }) E.__index = E
local function throw(v) error(setmetatable({ v = v }, getmetatable(E)), 2) end
local ok, e = pcall(throw, 5) print(ok, tostring(e), e.v)
local function try(f, catch, finally)
  local r = table.pack(pcall(f))
  if not r[1] then r = table.pack(pcall(catch, r[2])) end
  if finally then finally() end
  if not r[1] then error(r[2], 0) end
  return table.unpack(r, 2, r.n)
end
print(try(function() return 1, 2 end, print))
print(try(function() error("x", 0) end, function(m) return "caught " .. m end, function()
  print "finally"
end))
print(pcall(try, function() error("a", 0) end, function(m) error(m .. "b", 0) end, function()
  print "finally 2"
end))
local t = {}
local _, got = pcall(pcall, error, t)
local _, got2 = pcall(function() local ok, e = pcall(error, t) error(e) end)
print(got == false, got2 == t)
for _, v in ipairs { 1, 1.5, true, false } do print(pcall(error, v)) print(pcall(function() error(v) end)) end
print(pcall(function() error(nil) end))
print(pcall(error, print) == false, select(2, pcall(error, print)) == print)
print(pcall(function() error("with position") end))
print(pcall(function() error("level 2", 2) end))
print(pcall(function() error(12) end))
print(pcall(function() error("12", 1) end))
local function deep(n)
  if n == 0 then error({ depth = "bottom" }) end
  local ok, err = pcall(deep, n - 1)
  err.count = (err.count or 0) + 1
  error(err)
end
local _, err = pcall(deep, 30)
print(err.depth, err.count)
print(select("#", pcall(error))) print(pcall(string.rep, "x", -1))
print(pcall(error, "msg", -1)) print(pcall(error, "msg", 1000))
print(pcall(error, "m", "2")) print(pcall(error, "m", {}))
print(pcall(error, "m", 1.5))
