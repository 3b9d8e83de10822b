-- Exact comparison of integers with floats at the extremes.
local max, min = math.maxinteger, math.mininteger
local fmax, fmin = 2.0^63, -2.0^63
print(max < fmax, max <= fmax, max == fmax, max > fmax, max >= fmax)
print(min < fmin, min <= fmin, min == fmin, min > fmin, min >= fmin)
print(fmax < max, fmax <= max, fmax > max, fmax >= max)
print(fmin < min, fmin <= min, fmin > min, fmin >= min)
local big = 2^53
print((big|0) + 1 > big, (big|0) + 1 == big, (big|0) + 1 < big + 2)
print(9007199254740993 < 9007199254740992.0, 9007199254740993 > 9007199254740992.0)
print(9007199254740993 <= 9007199254740994.0, 9007199254740992.0 < 9007199254740993)
for _, f in ipairs { math.huge, -math.huge, 0.5, -0.5, 1e100, -1e100 } do
  print(f, 0 < f, 0 <= f, max < f, min < f, f < max, f < min, f <= 0)
end
local nan = 0 / 0
print(1 < nan, 1 <= nan, nan < 1, nan <= 1, 1 == nan, max > nan, min >= nan, nan < nan)
print(1 < 1.5, 2 < 1.5, -1 > -1.5, 1 <= 1.0, 1 >= 1.0, 0 <= -0.0, 0 < -0.0)
