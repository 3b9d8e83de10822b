-- coroutine.close of coroutines that failed gives the error once, however much is allocated and collected in between.
local failed = {}
for i = 1, 50 do
  failed[i] = coroutine.create(function(x) local t = { x } return t[1].field.missing end)
  coroutine.resume(failed[i], i)
end
collectgarbage()
local junk = {}
for i = 1, 2000 do junk[i] = { ("text %d"):format(i) } end
collectgarbage()
local counts = {}
for i = 1, 50 do
  local ok, e = coroutine.close(failed[i])
  local key = tostring(ok) .. " " .. tostring(e)
  counts[key] = (counts[key] or 0) + 1
end
for k, n in pairs(counts) do print(n, k) end
print(coroutine.close(failed[1]), coroutine.status(failed[1]))
local objects = 0
for i = 1, 100 do
  local co = coroutine.create(function() error({ id = i }) end)
  coroutine.resume(co)
  if i % 10 == 0 then collectgarbage() end
  local _, e = coroutine.close(co)
  if type(e) == "table" and e.id == i then objects = objects + 1 end
end
print(objects)
