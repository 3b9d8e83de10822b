-- Uncaught stack overflow: only the first lines of standard error are stable, so catch and shorten it.
local function inf(n) return 1 + inf(n + 1) end
local ok, e = xpcall(inf, function(m) return m:match("^[^\n]-stack overflow") end, 1)
print(ok, e)
error("after overflow")
