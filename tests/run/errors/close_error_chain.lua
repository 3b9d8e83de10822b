-- Errors in __close handlers replace each other while the stack unwinds.
local log = {}
local function closer(n, fail)
  return setmetatable({}, { __close = function(_, e)
    log[#log + 1] = n .. "<-" .. tostring(e)
    if fail then error(n .. " failed", 0) end
  end })
end
local function level3() local c <close> = closer("c", true) error("origin", 0) end
local function level2() local b <close> = closer("b", false) level3() end
local function level1() local a <close> = closer("a", true) level2() end
print(pcall(level1)) print(table.concat(log, " ")) log = {}
print(pcall(function() local x <close> = closer("x", true) return "never returned" end))
print(table.concat(log, " "))
log = {}
local co = coroutine.wrap(function() local y <close> = closer("y", true) coroutine.yield() error("in co", 0) end)
co()
print(pcall(co)) print(table.concat(log, " ")) log = {}
for i = 1, 2 do
  print(pcall(function()
    for j = 1, 3 do
      local l <close> = closer("l" .. j, j == 2)
      if j == 3 then return end
    end
  end))
end
print(table.concat(log, " "))
