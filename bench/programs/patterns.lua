-- Pattern matching: find, match, gmatch and gsub with captures, anchors, frontiers, balanced pairs and function,
-- table and string replacements, over a generated log and a small template language.

local compat = ...

local function make_log(lines)
  local random = compat.random(99)
  local levels = { "INFO", "WARN", "ERROR", "DEBUG" }
  local modules = { "net.http", "net.dns", "disk", "auth.session", "auth.token" }
  local out = {}
  for i = 1, lines do
    out[i] = ("2024-%02d-%02d %02d:%02d:%02d [%s] %s: request id=%d took %d.%dms (user %s, path /a/%d/b%d.html)"):format(
      random(12) + 1, random(28) + 1, random(24), random(60), random(60),
      levels[random(4) + 1], modules[random(5) + 1], i, random(500), random(10),
      ("u"):rep(random(4) + 1) .. random(40), random(30), random(9))
  end
  return table.concat(out, "\n") .. "\n"
end

local function summarise(log)
  local per_level, took, latest = {}, 0, ""
  for date, level, module, rest in log:gmatch("(%d+%-%d+%-%d+ %d+:%d+:%d+) %[(%u+)%] ([%w.]+): ([^\n]*)\n") do
    local whole, tenths = rest:match("took (%d+)%.(%d)ms")
    took = took + whole * 10 + tenths
    per_level[level] = (per_level[level] or 0) + #module
    if date > latest then
      latest = date
    end
    if not rest:find("path /a/%d+/b%d%.html%)$") then
      error("bad line: " .. rest)
    end
  end
  return per_level, took, latest
end

local function expand_template(template, values)
  return (template:gsub("%${(%w+)%.?(%w*)}", function(name, field)
    local value = values[name]
    if field ~= "" then
      value = value[field]
    end
    return tostring(value)
  end))
end

local function squeeze(log)
  local text, changes = log:gsub("%s+", " ")
  local masked, ids = text:gsub("id=%d+", "id=#")
  local swapped = masked:gsub("(%w+)%.(%w+):", "%2/%1:")
  local named = swapped:gsub("%f[%u]%u+%f[%U]", { INFO = "i", WARN = "w", ERROR = "e", DEBUG = "d" })
  local bare = named:gsub("%b()", "")
  return bare, changes + ids
end

local function run(n)
  local log = make_log(n)
  local per_level, took, latest = summarise(log)
  local bare, changes = squeeze(log)
  local vowels = select(2, bare:gsub("[aeiou]", ""))
  local plain = 0
  local position = 1
  while true do
    local start, stop = log:find("took 1", position, true)
    if not start then
      break
    end
    plain, position = plain + 1, stop + 1
  end
  local page = expand_template("${title}: ${level.INFO}/${level.ERROR} at ${latest} (${title})", {
    title = "log",
    level = per_level,
    latest = latest,
  })
  return ("%s %d %d %d %d %d"):format(page, took, #bare, changes, vowels, plain)
end

return {
  name = "patterns",
  n = 3000,
  expected = "log: 6077/6050 at 2024-12-28 17:47:45 (log) 7405279 182837 39000 26689 649",
  quick_n = 60,
  quick_expected = "log: 151/115 at 2024-12-22 23:21:52 (log) 146946 3656 780 531 13",
  run = run,
}
