-- Several attributes in one declaration; closing order; const folding in conditions.
local function closer(n) return setmetatable({}, { __close = function() io.write("close ", n, "\n") end }) end
do
  local a <const>, b <close>, c = 1, closer "b", 3
  c = c + a
  print(a, type(b), c)
end
local DEBUG <const> = false
if DEBUG then print "debug" else print "release" end
local N <const> = 3
local t = {}
for i = 1, N do t[i] = i * N end
print(table.concat(t, " "), -N, N .. "", N == 3, not N, N and 1, N // 2)
local S <const> = "const"
print(S .. S, #S, S:upper(), ({ const = "keyed" })[S], ({ [S] = 1 }).const)
local function f() return N, S, DEBUG end
print(f())
do
  local x <close> = nil
  local y <close> = false
  local z <close> = closer "z"
  print "in block"
end
local function nested()
  local a <close> = closer "outer"
  do
    local b <close> = closer "inner"
    return "value"
  end
end
print(nested())
