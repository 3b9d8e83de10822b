-- A round-robin scheduler with sleeping tasks, channels and errors.
local time, tasks, log = 0, {}, {}
local function spawn(name, f) tasks[#tasks + 1] = { name = name, co = coroutine.create(f), wake = 0 } end
local function sleep(n) coroutine.yield(n) end
local function say(m) log[#log + 1] = time .. ":" .. m end
spawn("a", function() for i = 1, 3 do say("a" .. i) sleep(2) end end)
spawn("b", function() for i = 1, 2 do say("b" .. i) sleep(3) end error("b failed", 0) end)
spawn("c", function()
  say("c start")
  spawn("d", function() say("d runs") sleep(1) say("d ends") end)
  sleep(5)
  say("c end")
end)
while #tasks > 0 do
  local i = 1
  while i <= #tasks do
    local t = tasks[i]
    if t.wake <= time then
      local ok, d = coroutine.resume(t.co)
      if not ok then say(t.name .. " error " .. d) end
      if coroutine.status(t.co) == "dead" then table.remove(tasks, i) i = i - 1 else t.wake = time + d end
    end
    i = i + 1
  end
  time = time + 1
end
print(table.concat(log, "\n"))
local chan = { buf = {} }
function chan:send(v) while #self.buf >= 2 do coroutine.yield("full") end self.buf[#self.buf + 1] = v end
function chan:recv() while #self.buf == 0 do coroutine.yield("empty") end return table.remove(self.buf, 1) end
local got = {}
local p = coroutine.create(function() for i = 1, 6 do chan:send(i) end end)
local c = coroutine.create(function() for i = 1, 6 do got[i] = chan:recv() end end)
local trace = {}
while coroutine.status(p) ~= "dead" or coroutine.status(c) ~= "dead" do
  for _, x in ipairs { p, c } do
    if coroutine.status(x) ~= "dead" then local _, w = coroutine.resume(x) trace[#trace + 1] = w or "done" end
  end
end
print(table.concat(got, " "), table.concat(trace, " "))
