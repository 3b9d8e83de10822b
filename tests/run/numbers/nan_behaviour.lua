-- NaN never compares, never equals, and spreads through arithmetic.
local nan = 0 / 0
local function isnan(x) return x ~= x end
print(nan < nan, nan > nan, nan <= nan, nan >= nan, nan == nan, nan ~= nan)
print(isnan(nan + 1), isnan(nan * 0), isnan(-nan), isnan(nan ^ 2), nan ^ 0, 1 ^ nan)
print(isnan(math.huge - math.huge), isnan(math.huge * 0), isnan(math.huge % 2))
print(isnan(math.sqrt(-1)), isnan(math.log(-1)), isnan(math.fmod(1, 0.0)))
print(isnan(math.max(nan, 1)), math.max(1, nan), isnan(math.min(nan, 1)), math.min(1, nan))
print(pcall(math.floor, nan) , isnan(math.floor(nan)))
print(math.tointeger(nan), pcall(function() return nan | 0 end))
local function less(a, b) if a < b then return "lt" end return "not lt" end
print(less(nan, 1), less(1, nan), less(1, 2))
if not (nan < 1) and not (nan >= 1) then print "unordered" end
print(tostring(nan):gsub("-", ""))
