-- One method call site that meets strings and tables with many keys: each finds its own methods.
local d = {}; for i=1,200 do d["k"..i]=i end
d.len = function() return "table" end
local r = {}
for _, o in ipairs{"abc", d, "abc", d, d, "x"} do r[#r+1] = tostring(o:len()) end
print(table.concat(r, " "))
local e = {} for i=1,200 do e["k"..i]=i end
for _, o in ipairs{"abc", e, "abc", e} do print(pcall(function() return o:upper() end)) end
local function m(o) return o:rep(2) end
print(pcall(m,"ab")) print(pcall(m,e))
