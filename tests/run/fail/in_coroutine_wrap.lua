local function body() coroutine.yield(1) error("inside coroutine") end
local f = coroutine.wrap(body)
print(f())
f()
