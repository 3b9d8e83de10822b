-- One access site sees very many shapes and kinds of receivers.
local function get(o) return o.v end
local function set(o, v) o.v = v end
local objs = {}
for i = 1, 40 do
  local o = {}
  for j = 1, i % 13 do o["p" .. i .. "_" .. j] = j end
  o.v = i
  if i % 4 == 0 then o = setmetatable({}, { __index = o }) end
  if i % 7 == 0 then o = setmetatable({ z = 1 }, { __index = function(_, k) return k == "v" and -i or nil end }) end
  objs[i] = o
end
local s = 0
for r = 1, 5 do for i = 1, 40 do s = s + get(objs[i]) end end
print(s)
for i = 1, 40 do set(objs[i], i * 2) end
s = 0 for i = 1, 40 do s = s + get(objs[i]) end print(s)
getmetatable("").__index = setmetatable({ v = 1000 }, { __index = string })
print(get("str"), get(objs[1]), pcall(get, 5), pcall(get, nil))
getmetatable("").__index = string
print(pcall(set, nil, 1))
print(pcall(set, 5, 1))
local function call(o, ...) return o:m(...) end
local kinds = {}
for i = 1, 12 do kinds[i] = { ["q" .. i] = 1, m = function(self, x) return x * i end } end
local r = 0
for i = 1, 60 do r = r + call(kinds[i % 12 + 1], i) end
print(r, call({ m = rawequal }, 5), pcall(call, {}, 1))
