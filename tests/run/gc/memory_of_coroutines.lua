-- What coroutines need is given back when they die: the collector's figures do not grow with those that were.
local function round(count)
  local held = {}
  for i = 1, count do
    local co = coroutine.wrap(function(a) local t = { a } coroutine.yield(t) return t end)
    co(i)
    held[i % 100 + 1] = co
  end
end
round(1000)
collectgarbage() collectgarbage()
local before = collectgarbage("count")
-- Under stress, each allocation takes long.
round(8000)
collectgarbage() collectgarbage()
print(collectgarbage("count") - before < 4000)
