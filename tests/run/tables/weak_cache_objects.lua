-- Object caches keyed by value with weak references and finalizers that count.
local finalized = 0
local cache = setmetatable({}, { __mode = "v" })
local function point(x, y)
  local k = x .. "," .. y
  local p = cache[k]
  if not p then
    p = setmetatable({ x = x, y = y }, { __gc = function() finalized = finalized + 1 end })
    cache[k] = p
  end
  return p
end
local keep = point(1, 2)
print(point(1, 2) == keep)
for i = 1, 30 do point(i, i) end
collectgarbage()
collectgarbage()
print(cache["1,2"] == keep, cache["5,5"], finalized)
keep = nil
collectgarbage()
print(cache["1,2"], finalized, next(cache))
