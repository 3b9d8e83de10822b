-- load called by hot loops: fresh functions of the same text, changing text, errors, and environments.
local s = 0
for i = 1, 200 do s = s + load("return " .. i .. " * 2")() end
print(s)
local f
for i = 1, 300 do f = load("local x = ... return x + 1") s = f(s) end
print(s)
local fs = {}
for i = 1, 100 do fs[i] = load("n = (n or 0) + 1 return n", "=c", "t", i % 2 == 0 and { n = 100 } or { n = 0.5 }) end
local a, b = 0, 0
for _ = 1, 5 do for i = 1, 100 do local v = fs[i]() if i % 2 == 0 then a = a + v else b = b + v end end end
print(a, b, n)

-- One chunk made hot by its own loop, run many times; its text decides the types.
local source = "local n, v = ... local s = %s for i = 1, n do s = s %s v end return s"
local rows = {}
for _, init in ipairs({ "0", "0.0", "'7'", "(1 << 62)" }) do
  for _, op in ipairs({ "+", "-", "*", "//", "%", "&" }) do
    local chunk = load(source:format(init, op), "=op")
    local ok, r = pcall(chunk, 300, 3)
    local ok2, r2 = pcall(chunk, 300, 0.5)
    rows[#rows + 1] = init .. op .. " " .. tostring(r) .. " " .. tostring(r2)
  end
end
print(table.concat(rows, "\n"))

-- Errors while compiling and while running, with lines.
local bad, messages = 0, {}
local texts = { "for", "return 'unfinished", "return 1", "x = = 1" }
for i = 1, 200 do
  local chunk, e = load(texts[i % 4 + 1], "=bad")
  if not chunk then bad = bad + 1 messages[e] = (messages[e] or 0) + 1 end
end
local list = {}
for m, c in pairs(messages) do list[#list + 1] = m .. " x" .. c end
table.sort(list)
print(bad, table.concat(list, "; "))
local long = {}
for i = 1, 200 do long[i] = "local v" .. i .. " = " .. i end
print(pcall(load(table.concat(long, "\n")))) print(load(table.concat(long, "\n") .. "\nlocal one_more", "=many"))
print(pcall(load("local t\n\nfor i = 1, 300 do\n if i == 300 then\n  t.x = 1 end\nend", "=lines")))

-- Readers in pieces, dumped functions, binary chunks refused by mode.
local pieces, at = { "local s = 0 ", "for i = 1, ", "300 do s = s", " + i end ret", "urn s" }, 0
local reader = load(function() at = at + 1 return pieces[at] end)
print(reader())
local function poly(x) local r = 0 for i = 1, 250 do r = r * x + i end return r end
local copy = load(string.dump(poly), "copy", "b")
print(copy(1) == poly(1), copy(0.5) == poly(0.5), copy(3) == poly(3), load(string.dump(poly), "b", "t"))
local stripped = load(string.dump(function(t) local x = t return x.y.z end, true))
print(pcall(stripped, {}))
local counter = 0
local up = load(string.dump(function() counter = counter + 1 return counter end))
print(pcall(up))
debug.setupvalue(up, 1, 41)
print(up(), counter)

-- A function is recompiled and replaced while its callers are hot.
local impl = load("return function(x) return x + 1 end")()
local total = 0
for i = 1, 600 do
  if i % 150 == 0 then impl = load(("return function(x) return x * %s end"):format(i == 300 and "0.5" or "2"))() end
  total = total + impl(i)
end
print(total)
