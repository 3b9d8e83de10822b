-- Leaving a block by goto closes its upvalues: each pass has a new local.
local fs = {}
do
  local i = 1
  ::loop::
  local x = i * 10
  fs[i] = { get = function() return x end, inc = function() x = x + 1 end }
  i = i + 1
  if i <= 3 then goto loop end
end
fs[1].inc() fs[1].inc() fs[2].inc()
print(fs[1].get(), fs[2].get(), fs[3].get())
local gs = {}
for i = 1, 4 do
  local v = i
  if i == 2 then goto continue end
  gs[#gs + 1] = function() v = v + 100 return v end
  ::continue::
end
print(gs[1](), gs[1](), gs[2](), gs[3]())
do
  local k = 0
  ::again::
  do
    local c <close> = setmetatable({}, { __close = function() io.write("closed ", k, " ") end })
    k = k + 1
    if k < 3 then goto again end
  end
  print()
end
