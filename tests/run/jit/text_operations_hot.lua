-- Functions of strings, and what makes strings, in compiled code.

local function quad(s, i)
  local a, b, c, d = s:byte(i, i + 3)
  return a, b, c, d
end
local text = "the quick brown fox"
for i = 1, 60 do
  quad(text, i % 10 + 1)
end
print(quad(text, 1))
print(quad(text, 17))
print(quad(text, 0))
print(quad(text, -4))
print(quad(text, 20))
print(quad("", 1))

local function two(s, i, j)
  local a, b = string.byte(s, i, j)
  return a, b
end
for _ = 1, 60 do
  two(text, 2, 3)
end
print(two(text, 2, 2), two(text, 3, 2), two(text, 2, 10))
print(two(text, math.maxinteger, math.maxinteger))
print(two(text, math.mininteger, math.maxinteger))
print(two(text, 1, -1))

-- A result that is missing, where all are returned.
local function all(s, i)
  return s:byte(i)
end
local results = 0
for i = 1, 200 do
  results = results + select("#", all("abc", i % 5))
end
print(results, select("#", all("abc", 9)), select("#", all("abc", 2)))

local function chars(a, b, c)
  return string.char(a, b, c)
end
for i = 1, 60 do
  chars(i, i + 1, 255)
end
print(chars(72, 105, 33), #chars(0, 0, 0), chars(104, 105, 0) == "hi\0")
print(pcall(chars, 256, 0, 0))
print(pcall(chars, -1, 0, 0))
print(pcall(chars, 1, "x", 0))
print(chars("72", 105.0, 33))
print(pcall(chars, 1, 2.5, 3))

-- Concatenation of all kinds.
local function two_of(a, b)
  return a .. b
end
local function three_of(a, b, c)
  return a .. b .. c
end
local function five_of(a, b, c, d, e)
  return a .. b .. c .. d .. e
end
for i = 1, 60 do
  two_of("a", i)
  three_of("a", "b", i)
  five_of("a", i, "b", i + 0.5, "c")
end
print(two_of(1, 2), two_of("", ""), two_of(1.5, "x"), two_of(-0.0, ""), two_of(2 ^ 63, math.mininteger))
print(three_of(1, 2, 3), three_of("", "", ""), three_of("x", 1e100, "y"))
print(five_of(1, 2, 3, 4, 5), five_of("", "", "", "", "e"))
print(pcall(two_of, {}, "x"))
print(pcall(two_of, "x", nil))
print(pcall(three_of, "x", true, "y"))
print(pcall(five_of, "x", "y", print, "z", 1))
local object = setmetatable({}, {
  __concat = function(a, b)
    return (type(a) == "table" and "object" or a) .. "+" .. (type(b) == "table" and "object" or b)
  end,
})
print(two_of(object, 1), two_of(1, object), three_of("a", object, "b"), five_of(1, 2, object, 4, 5))
for i = 1, 60 do
  two_of(object, i)
end
print(two_of(object, object), two_of("plain", "text"))
local long = ("x"):rep(50)
print(#two_of(long, long), #three_of(long, 1, long), two_of(long, "") == long, two_of("", long) == long)

-- Order of strings.
local function less(a, b)
  return a < b, a <= b, a > b, a >= b
end
for _ = 1, 60 do
  less("abc", "abd")
end
print(less("abc", "abd"))
print(less("abc", "abc"))
print(less("", "a"))
print(less("a\0b", "a\0a"))
print(less("a", "a\0"))
print(less("\xff", "a"))
print(less(1, 2))
print(pcall(less, "a", 1))

-- `tostring` of what it is asked for.
local function shown(value)
  return tostring(value)
end
for i = 1, 60 do
  shown(i)
end
print(shown(5), shown(1.0), shown("s"), shown(true), shown(nil), shown(-0.0), shown(1 << 62))
print(shown(setmetatable({}, { __tostring = function() return "T" end })))
local numbers = debug.getmetatable(0)
debug.setmetatable(0, { __tostring = function() return "number!" end })
print(shown(7), shown("7"))
debug.setmetatable(0, numbers)
print(shown(7), shown(false))
print(pcall(shown))
