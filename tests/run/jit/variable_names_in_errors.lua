-- Errors out of hot code name the variable that was wrong, whatever compiled the code.
local function try(f, ...) print(select(2, pcall(f, ...))) end
try(function() local x = { y = 1 } for i = 1, 500 do if i == 400 then x = nil end local _ = x.y end end)
try(function() local x = { y = {} } for i = 1, 500 do if i == 400 then x.y = nil end local _ = x.y.z end end)
try(function() local x = { y = 1 } for i = 1, 500 do if i == 400 then x = 5 end x.y = i end end)
try(function() local f = math.abs for i = 1, 500 do if i == 400 then f = nil end f(i) end end)
try(function() local o = { m = function() end } for i = 1, 500 do if i == 400 then o.m = nil end o:m() end end)
try(function() local o = { m = {} } for i = 1, 500 do if i == 400 then o.m = 5 end o.m.n = i end end)
try(function() local a, b = 1, 2 for i = 1, 500 do if i == 400 then b = nil end a = a + b end end)
try(function() local a, b = 1, 2 for i = 1, 500 do if i == 400 then a = {} end a = b * a end end)
try(function() local a = 1 for i = 1, 500 do if i == 400 then a = "x" end a = -a end end)
try(function() local a = 1 for i = 1, 500 do if i == 400 then a = 1.5 end a = a | i end end)
try(function() local a = 1 for i = 1, 500 do if i == 400 then a = {} end a = ~a end end)
try(function() local a = "s" for i = 1, 500 do if i == 400 then a = nil end local _ = #a end end)
try(function() local a = "s" for i = 1, 500 do if i == 400 then a = {} end local _ = a .. i end end)
try(function() local a = 1 for i = 1, 500 do if i == 400 then a = "1" end local _ = a < i end end)
try(function() local a = 1 for i = 1, 500 do if i == 400 then a = {} end local _ = a <= {} end end)
try(function() local t = {} for i = 1, 500 do local k = i if i == 400 then k = nil end t[k] = i end end)

-- Upvalues, globals, fields of upvalues, constants, integer keys, method results.
local up, upt = 1, { field = 1 }
try(function() for i = 1, 500 do if i == 400 then up = nil end up = up + 1 end end)
try(function() for i = 1, 500 do if i == 400 then upt.field = nil end upt.field = upt.field + 1 end end)
try(function() for i = 1, 500 do if i == 400 then upt = nil end upt.field = 1 end end)
glob, globt = 1, { field = {} }
try(function() for i = 1, 500 do if i == 400 then glob = nil end glob = glob + 1 end end)
try(function() for i = 1, 500 do if i == 400 then glob = {} end glob() end end)
try(function() for i = 1, 500 do if i == 400 then globt.field = nil end globt.field.x = 1 end end)
try(function() local t = { 1, 2 } for i = 1, 500 do if i == 400 then t[2] = nil end local _ = t[1] + t[2] end end)
try(function() local t = { {}, {} } for i = 1, 500 do if i == 400 then t[1] = 5 end local _ = t[1].x end end)
try(function()
  local k, t = "key", { key = {} }
  for i = 1, 500 do if i == 400 then t.key = nil end local _ = t[k].x end
end)
try(function() for i = 1, 500 do local s = "x" if i == 400 then s:nomethod() else s:upper() end end end)
try(function() for i = 1, 500 do if i == 400 then local _ = i.x.y end end end)
try(function() for i = 1, 500 do local v = i % 7 if i == 400 then v = nil end local _ = (v + 1) * 2 end end)

-- Parameters and varargs of inlined functions, and loop state.
local function get(object, key) return object[key].value end
try(function()
  local list = {}
  for i = 1, 500 do list[i] = i < 400 and { value = i } or nil local _ = get(list, i) end
end)
local function first(...) local a, b = ... return a + b end
try(function() for i = 1, 500 do first(i, i < 400 and 1 or nil) end end)
local function apply(callback, v) return callback(v) end
try(function() for i = 1, 500 do apply(i < 400 and tostring or false, i) end end)
try(function() for i = 1, 500 do for j = 1, i < 400 and 1 or {} do end end end)
try(function() for i = 1, 500 do for _ in i < 400 and pairs({}) or i do end end end)
try(function() local co = coroutine.wrap(function() coroutine.yield() end) for i = 1, 500 do co() end end)
try(function() for i = 1, 500 do string.rep(i < 400 and "x" or nil, 1) end end)
try(function() for i = 1, 500 do ("x"):rep(i < 400 and 1 or {}) end end)
try(function() for i = 1, 500 do math.floor(i < 400 and i or "a") end end)
try(function() for i = 1, 500 do setmetatable(i < 400 and {} or i, nil) end end)
