-- What only a suspended coroutine refers to stays: its variables, arguments that it was resumed with, values of functions further
-- out that called back; and what it does not refer to any more goes, whatever lies about on its native stack.
local function garbage() for i = 1, 200 do local _ = { i, tostring(i) } end collectgarbage() end

local function body(a)
  local kept = { "local", a }
  local function inner(...)
    local more = { ... }
    local got = coroutine.yield(more[1], #more)
    return kept[1], kept[2][1], more[2][1], got[1]
  end
  local one, two, three, four = inner({ "first" }, { "second" })
  return one, two, three, four
end
local co = coroutine.create(body)
local _, first = coroutine.resume(co, { "argument" })
garbage()
print(first[1])
print(coroutine.resume(co, { "resumed" }))

-- Native functions that called back wait further out.
local mt = { __index = function(t, k) garbage() return coroutine.yield({ k }) end, __lt = function(a, b) return coroutine.yield({ "lt" })[1] == "yes" end }
co = coroutine.create(function()
  local o = setmetatable({}, mt)
  local text = o.field[1] .. ({ "!" })[1]
  local ok, message = pcall(function() error({ "thrown after " .. coroutine.yield({ "in pcall" })[1] }) end)
  local less = o < setmetatable({}, mt)
  local sorted = { string.gsub("ab", "%w", function(c) return "<" .. c .. ">" end) }
  for a, b in coroutine.wrap(function() for i = 1, 3 do coroutine.yield({ i }, { -i }) end end) do text = text .. a[1] .. b[1] end
  return text, message[1], less, sorted[1]
end)
local function step(...) local found = { coroutine.resume(co, ...) } garbage() return table.unpack(found) end
print(select(2, step())[1])
print(select(2, step({ "value" }))[1])
print(select(2, step({ "resume" }))[1])
print(step({ "yes" }))

-- One coroutine resumes another, which yields further in; closing runs handlers that wait for others.
local log = {}
local outer = coroutine.wrap(function()
  local inner = coroutine.create(function()
    local held <close> = setmetatable({ "held" }, { __close = function(o)
      local other = coroutine.wrap(function() coroutine.yield({ "other" }) end)
      garbage()
      log[#log + 1] = o[1] .. " " .. other()[1]
    end })
    coroutine.yield({ "inside" })
  end)
  local _, got = coroutine.resume(inner)
  coroutine.yield(got)
  garbage()
  print(coroutine.close(inner), coroutine.status(inner))
  return { "done" }
end)
print(outer()[1])
garbage()
print(outer()[1], table.concat(log, ","))

local weak = setmetatable({}, { __mode = "v" })
co = coroutine.create(function()
  do local dropped = { "dropped" } weak[1] = dropped coroutine.yield(dropped) end
  coroutine.yield()
end)
coroutine.resume(co)
coroutine.resume(co)
collectgarbage()
collectgarbage()
print(weak[1])
