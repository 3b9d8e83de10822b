local co = coroutine.create(function() local x = nil; x() end)
local ok, msg = coroutine.resume(co)
error(msg, 0)
