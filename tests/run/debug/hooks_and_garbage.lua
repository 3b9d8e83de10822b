-- Hooks that collect garbage leave arguments, open results and varargs alone.
local function garbage() local t = {} for i=1,3 do t[i] = {i .. "x"} end collectgarbage("step") end
local function f(...) local a, b = ... return select("#", ...), a, b, ... end
local function mk(...) return {...} end
local function t(...) return f(...) end
local function run()
  local out = {}
  local args = {} for i = 1, 25 do args[i] = {"v" .. i} end
  for i = 1, 1 do
    local r = mk(f(table.unpack(args)))
    for k, v in ipairs(r) do out[#out+1] = type(v) == "table" and v[1] or tostring(v) end
    local q = {t(table.unpack(args, 1, 24))}
    out[#out+1] = #q
    local s = setmetatable({}, {__close=function() garbage() end, __index=function(_, k) garbage() return k .. i end, __call=function(_, ...) return ... end})
    local function g(...) local c <close> = s; return s.x, s(...), ... end
    local z = {g(table.unpack(args, 1, 24))}
    out[#out+1] = #z .. z[1] .. z[#z][1]
    local co = coroutine.wrap(function(...) local c <close> = s; local r = {coroutine.yield(...)} return #r, ... end)
    z = {co(table.unpack(args))} out[#out+1] = #z .. z[#z][1]
    z = {co(table.unpack(args))} out[#out+1] = #z .. z[#z][1]
    z = {pcall(g, table.unpack(args))} out[#out+1] = #z .. z[#z][1]
    z = {xpcall(g, print, table.unpack(args))} out[#out+1] = #z .. z[#z][1]
    z = {pcall(function(...) local c <close> = s; error({...}) end, table.unpack(args))} out[#out+1] = #z .. z[2][25][1]
    z = {string.gsub("abc", ".", function(c) return c .. select("#", f(c, c)) end)} out[#out+1] = z[1]
    table.sort(args, function(a, b) return a[1] < b[1] end)
    for a, b, c in (function(st, n) if n < 3 then return n + 1, "b" .. n, {n} end end), nil, 0, s do out[#out+1] = b .. c[1] end
  end
  return table.concat(out, ",")
end
local plain = run()
for _, m in ipairs{"c", "crl"} do for _, n in ipairs{0, 2} do
  if m ~= "" or n > 0 then
  debug.sethook(garbage, m, n)
  local r = run()
  debug.sethook()
  print(m, n, r == plain) end
end end
print(#plain)
