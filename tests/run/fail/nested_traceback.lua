-- Traceback through local, global, method and field functions.
local function inner(x)
  local y = x.field.missing
  return y
end
function globalone(x) local r = inner(x) return r end
local obj = {}
function obj:method(x) local r = globalone(x) return r end
local t = { f = function(x) local r = obj:method(x) return r end }
print "start"
t.f({})
