-- os.date in UTC: every conversion specifier and table form.
local t = 1700000000
print(os.date("!%Y-%m-%d %H:%M:%S", t))
print(os.date("!%a %A %b %B %d %j %U %w %W %y", t))
print(os.date("!%c|%x|%X|%p|%I|%M", t))
print(os.date("!%C %D %e %F %g %G %h %n %R %T %t %u %V %%", t):gsub("[\n\t]", "_"))
print(os.date("!%r", t), os.date("!%Z", t), os.date("!%S", 0), os.date("!", t) == "", os.date("!plain", t))
local d = os.date("!*t", t)
local keys = {}
for k, v in pairs(d) do keys[#keys + 1] = k .. "=" .. tostring(v) end
table.sort(keys)
print(table.concat(keys, " "))
d = os.date("*t", 0) print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst)
print(os.date("!%H", -1), os.date("!%Y", -86400 * 365), os.date("!%F", 2^31), os.date("!%F", 951782400), os.date("!%F", 4102444800))
for _, f in ipairs { "%E", "%Ex", "%Ey", "%Oy", "%Od", "%q", "%", "%!", "%5", "%Ez", "%k", "%s" } do
  print(f, pcall(os.date, "!" .. f, t))
end
print(pcall(os.date, "%Y", "x")) print(pcall(os.date, {}))
print(pcall(os.date, "%Y", 1.5)) print(pcall(os.date, "!%Y", 2^60))
print(pcall(os.date, "!*t", math.maxinteger))
print(os.date("!%d", 3.0), os.date("!%d", "86400"))
print(#os.date() > 10, type(os.date()), os.date("!%H:%M", 3600 * 5 + 60 * 7)) print(#os.date("!" .. ("%Y"):rep(200), t))
