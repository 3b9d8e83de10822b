-- The whole file is refused before it prints.
print "never"
local x = = 5
