-- os.time of tables: normalisation, missing and bad fields.
print(os.time { year = 2024, month = 2, day = 29, hour = 12, min = 30, sec = 15 }, os.time { year = 1970, month = 1, day = 1, hour = 0 }, os.time { year = 2000, month = 1, day = 1 })
local t = { year = 2024, month = 14, day = -3, hour = 25, min = 61, sec = 61 }
print(os.time(t))
print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst)
t = { year = 2023, month = 1, day = 400 }
os.time(t)
print(t.year, t.month, t.day, t.yday)
t = { year = 2024, month = 0, day = 0 }
os.time(t)
print(t.year, t.month, t.day)
for _, bad in ipairs { {}, { year = 2024 }, { year = 2024, month = 1 }, { year = "x", month = 1, day = 1 }, { year = 2024, month = 1.5, day = 1 }, { year = 2024, month = {}, day = 1 }, { year = 1e100, month = 1, day = 1 }, { year = 2^40, month = 1, day = 1 }, { year = 2024, month = 1, day = 1, hour = "a" }, { year = 2024, month = math.maxinteger, day = 1 } } do
  print(pcall(os.time, bad))
end
print(os.time { year = "2024", month = "01", day = "02", hour = "3" }, os.time { year = 2024.0, month = 1, day = 1, hour = 0 })
print(pcall(os.time, 5)) print(pcall(os.time, "x"))
print(math.type(os.time()), os.time() > 1600000000)
print(os.time(os.date("*t", 1234567890)), os.time(os.date("!*t", 1234567890)))
for _, y in ipairs { 1900, 1969, 1999, 2000, 2038, 2100, 9999 } do
  local s = os.time { year = y, month = 3, day = 1, hour = 0 }
  io.write(y, ":", s, ":", os.date("!%a", s), " ")
end
print()
local days = {}
for m = 1, 12 do local d = { year = 2023, month = m + 1, day = 0 } os.time(d) days[m] = d.day end
print(table.concat(days, " "))
print(os.time { year = 2024, month = 1, day = 1, hour = 12, isdst = false }, os.time { year = 1, month = 1, day = 1, hour = 0 })
