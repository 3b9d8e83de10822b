-- os.time with tables: normalisation, missing and wrong fields, and the fields that it writes back. TZ is UTC here.
local function at(t) local s = os.time(t) return s, ("%d-%d-%d %d:%d:%d wday=%d yday=%d isdst=%s"):format(t.year, t.month, t.day, t.hour, t.min, t.sec,
  t.wday, t.yday, tostring(t.isdst)) end
print(at({ year = 1970, month = 1, day = 1, hour = 0 })) print(at({ year = 2000, month = 2, day = 29 }))
print(at({ year = 2023, month = 14, day = 1 })) print(at({ year = 2024, month = 3, day = 0 })) print(at({ year = 2024, month = -1, day = 31 }))
print(at({ year = 2024, month = 1, day = 1, hour = 25, min = 61, sec = 61 })) print(at({ year = 2024, month = 1, day = 1, hour = 0, sec = -1 }))
print(at({ year = 1900, month = 1, day = 1 })) print(at({ year = 2038, month = 1, day = 19, hour = 3, min = 14, sec = 8 }))
print(at({ year = 9999, month = 12, day = 31, hour = 23, min = 59, sec = 60 })) print(at({ year = "2024", month = "6", day = "15" }))
print(at({ year = 2024.0, month = 6.0, day = 15.0 })) print(at({ year = 2024, month = 6, day = 15, isdst = false }))
for _, bad in ipairs({ {}, { year = 2024 }, { year = 2024, month = 1 }, { year = 2024, month = 1.5, day = 1 }, { year = "x", month = 1, day = 1 },
  { year = 1 << 40, month = 1, day = 1 }, { year = 2024, month = 1, day = 1 << 33 }, { year = 2024, month = {}, day = 1 }, { year = 2024, month = 1, day = true } }) do
  print(pcall(os.time, bad))
end
print(pcall(os.time, 5)) print(pcall(os.time, "x")) print(math.type(os.time()), os.time() > 1600000000, os.time(nil) >= os.time() - 1)
print(os.difftime(10, 5), math.type(os.difftime(10, 5)), pcall(os.difftime)) print(os.difftime(5, 10.0), pcall(os.difftime, 1))
-- Every day of some years: weekday and day of the year advance by one.
local bad, previous = 0, nil
for day = 1, 1500 do
  local t = { year = 2019, month = 1, day = day, hour = 12 }
  local s = os.time(t)
  if previous and (s - previous.s ~= 86400 or t.wday ~= previous.t.wday % 7 + 1) then bad = bad + 1 end
  local d = os.date("*t", s)
  if d.yday ~= t.yday or d.day ~= t.day or d.month ~= t.month or d.year ~= t.year then bad = bad + 1 end
  previous = { s = s, t = t }
end
print(bad, previous.t.year, previous.t.month, previous.t.day)
