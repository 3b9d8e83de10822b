-- A metatable on _G that reports undeclared names; then removed.
local declared = {}
setmetatable(_G, {
  __newindex = function(t, k, v)
    if not declared[k] then error("assignment to undeclared '" .. k .. "'", 2) end
    rawset(t, k, v)
  end,
  __index = function(_, k) error("undeclared '" .. k .. "'", 2) end,
})
print(pcall(function() nope = 1 end))
print(pcall(function() return nope end))
declared.yes = true
yes = 5
print(yes, pcall(function() return yeah end))
print(pcall(load "undefinedfn()"))
print(pcall(load "function newfn() end"))
setmetatable(_G, nil)
print(pcall(function() nope = 1 return nope end))
nope = nil
local hits = 0
setmetatable(_G, { __index = function(_, k) hits = hits + 1 return hits end })
for i = 1, 10 do local _ = autoglobal end
print(hits, autoglobal)
autoglobal = "set"
for i = 1, 10 do local _ = autoglobal end
print(hits, autoglobal)
autoglobal = nil
print(autoglobal)
setmetatable(_G, nil)
print(autoglobal)
