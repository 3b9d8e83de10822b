-- Table-driven state machines: CSV, INI, and a tokenizer with positions.
local function csv(s)
  local rows, row, field, i, n = {}, {}, {}, 1, #s
  local state = "start"
  local function put() row[#row + 1] = table.concat(field) field = {} end
  while i <= n + 1 do
    local c = s:sub(i, i)
    if state == "quoted" then
      if c == '"' then
        if s:sub(i + 1, i + 1) == '"' then field[#field + 1] = '"' i = i + 1 else state = "plain" end
      elseif c == "" then
        error("unfinished quote", 0)
      else
        field[#field + 1] = c
      end
    elseif c == '"' and #field == 0 then
      state = "quoted"
    elseif c == "," then
      put()
      state = "start"
    elseif c == "\n" or c == "" then
      if c == "\n" or #row > 0 or #field > 0 then put() rows[#rows + 1] = row row = {} end
      state = "start"
    else
      field[#field + 1] = c
      state = "plain"
    end
    i = i + 1
  end
  return rows
end
for _, r in ipairs(csv('a,b,c\n1,"x, y",3\n"q ""q"" q",,\n"multi\nline",z,end')) do
  io.write(#r, ": ")
  for _, f in ipairs(r) do io.write("[", (f:gsub("\n", "\\n")), "]") end
  print()
end
print(pcall(csv, '"open'))
local function ini(s)
  local out, sec = {}, "global"
  local n = 0
  for line in (s .. "\n"):gmatch("(.-)\n") do
    n = n + 1
    local l = line:gsub("%s*[;#].*$", ""):match("^%s*(.-)%s*$")
    local name, k, v = l:match("^%[([%w ]+)%]$"), l:match("^([%w_]+)%s*=%s*(.*)$")
    if name then
      sec = name
    elseif k then
      out[#out + 1] = sec .. "." .. k .. "=" .. v
    elseif l ~= "" then
      error(("line %d: cannot parse %q"):format(n, l), 0)
    end
  end
  return table.concat(out, "\n")
end
print(ini "a = 1\n[sec one]\nb = two words ; comment\n# c\n\nc=")
print(pcall(ini, "ok = 1\n???"))
local function tokens(s)
  local t, i, line = {}, 1, 1
  while i <= #s do
    local nl = s:match("^\n", i)
    local sp, id, num, str, op = s:match("^[ \t]+", i), s:match("^[%a_][%w_]*", i), s:match("^%d+", i), s:match("^(%b'')", i), s:match("^[=<>~]=", i) or s:match("^[%+%-%*/=<>(){};]", i)
    if nl then
      line = line + 1
      i = i + 1
    elseif sp then
      i = i + #sp
    else
      local kind, v = (id and "id") or (num and "num") or (str and "str") or (op and "op"), id or num or str or op
      if not kind then error("line " .. line .. ": bad char " .. s:sub(i, i), 0) end
      t[#t + 1] = kind .. ":" .. v
      i = i + #v
    end
  end
  return table.concat(t, " "), line
end
print(tokens("x1 = 42 + foo('a b')\nif x1 >= 7 { y = _z; }"))
print(pcall(tokens, "a\nb @"))
local light = { green = { timer = "yellow" }, yellow = { timer = "red", fault = "blink" }, red = { timer = "green", fault = "blink" }, blink = { reset = "red" } }
local s, path = "green", {}
for _, ev in ipairs { "timer", "timer", "fault", "timer", "reset", "timer" } do
  local nx = light[s][ev]
  path[#path + 1] = s .. (nx and "->" or "!")
  s = nx or s
end
print(table.concat(path, " "), s)
