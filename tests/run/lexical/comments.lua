-- Comment forms, including ones that look like long brackets but are not.
local x = 1 -- short
--[[ long
x = 100 ]] x = x + 1
--[==[
]]
x = 200
]==]
x = x + 1 --[[inline]] + 10
--[ not long
x = x * 2
---[[ a short comment again
x = x + 1
--]]
--[=not a long bracket either
print(x)
print(load("--[[ never closed", "=c"))
print(load("--[==[ never closed ]]", "=c"))
print(load("# only a shebang at the file start", "=c"))
print(type(load("--just a comment")))
print(load("") ~= nil)
return --
