-- Observers with removal during emission, once-handlers and error isolation.
local Emitter = {} Emitter.__index = Emitter
function Emitter.new() return setmetatable({ handlers = {} }, Emitter) end
function Emitter:on(ev, f)
  local l = self.handlers[ev] or {}
  self.handlers[ev] = l
  l[#l + 1] = f
  return function()
    for i, g in ipairs(l) do if g == f then table.remove(l, i) return true end end
    return false
  end
end
function Emitter:once(ev, f) local off off = self:on(ev, function(...) off() return f(...) end) return off end
function Emitter:emit(ev, ...)
  local n, errs = 0, {}
  for _, f in ipairs({ table.unpack(self.handlers[ev] or {}) }) do
    local ok, e = pcall(f, ...)
    if ok then n = n + 1 else errs[#errs + 1] = e end
  end
  return n, table.concat(errs, "; ")
end
local e, log = Emitter.new(), {}
local off = e:on("x", function(...) log[#log + 1] = "a" .. table.concat({ ... }, ",") end)
e:once("x", function() log[#log + 1] = "once" end) e:on("x", function() error("bad handler", 0) end)
print(e:emit("x", 1, 2)) print(e:emit("x")) print(off(), off())
print(e:emit("x")) print(table.concat(log, " "))
print(e:emit("nothing"))
local count = 0
for i = 1, 50 do e:on("y", function(v) count = count + v * i end) end
for i = 1, 20 do e:emit("y", i % 2 == 0 and 1 or 0.5) end
print(count)
local selfoff
selfoff = e:on("z", function() selfoff() e:on("z", function() count = -1 end) end)
print(e:emit("z"), e:emit("z"), count)
