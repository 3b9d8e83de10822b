-- os.date: each directive for some instants, tables, UTC marks, and refused formats.
local instants = { 0, 86399, 951782400, 1078012799, 1230768000, 1609459199, 1719792000, 4102444800 }
for _, t in ipairs(instants) do
  print(os.date("!%Y-%m-%d %H:%M:%S %a %A %b %B %d %e %j %U %W %V %G %g %u %w %y %C %I %p", t))
end
for _, d in ipairs({ "%c", "%x", "%X", "%D", "%F", "%T", "%R", "%r", "%h", "%n", "%t", "%%", "%Z", "%z", "plain", "", "%H%M", "%Ey", "%Od", "%EY" }) do
  print(d, ("%q"):format(os.date("!" .. d, 1719792000)))
end
for _, bad in ipairs({ "%", "%Q", "%E", "%O", "%Ez", "%5", "%#", "x%", "%Oy%Q", "%é" }) do print(pcall(os.date, bad, 0)) end
local t = os.date("!*t", 1719835321)
print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst)
local keys = {}
for k in pairs(os.date("*t")) do keys[#keys + 1] = k end
table.sort(keys)
print(table.concat(keys, " "))
print(os.date("!%c", 0) == os.date("%c", 0), os.time(os.date("*t", 1000000000)), os.date("!%H", 3600.0), os.date("!%S", "59"))
print(pcall(os.date, "%H", 1.5)) print(pcall(os.date, "%H", {})) print(pcall(os.date, {})) print(pcall(os.date, "!%Y", 1 << 60))
print(os.date("!%Y-%m-%d", -1), os.date("!%Y", -62135596800), os.date("!%H:%M", -60))
print(#os.date(), type(os.date()), os.date("!" .. ("%Y"):rep(100), 0) == ("1970"):rep(100), os.date("!a\0b%d", 0) == "a\0b01")
