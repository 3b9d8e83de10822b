-- utf8.len and utf8.offset.
local s = "aä€😀z"
print(#s, utf8.len(s), utf8.len(""), utf8.len("abc", 2), utf8.len("abc", 4), utf8.len("abc", -1), utf8.len(s, 2), utf8.len(s, 4, 6), utf8.len("abc", 3, 2))
print(utf8.len("ab\xffcd")) print(utf8.len("\xe2\x82"))
print(utf8.len("\x80")) print(utf8.len(s, 3))
print(utf8.len("\xed\xa0\x80"))
print(utf8.len("\xed\xa0\x80", 1, -1, true))
print(utf8.len("\u{200000}")) print(utf8.len("\u{200000}", 1, -1, true))
print(pcall(utf8.len, "abc", 5)) print(pcall(utf8.len, "abc", 1, 4))
print(pcall(utf8.len, "abc", 0)) print(pcall(utf8.len))
print(pcall(utf8.len, {}))
for i = -6, 7 do io.write(i, ":", tostring(i ~= 0 and utf8.offset(s, i) or "-"), " ") end print()
print(utf8.offset(s, 0, 3), utf8.offset(s, 0, 8), utf8.offset(s, 0, 1), utf8.offset(s, 1, 4), utf8.offset(s, 2, 4), utf8.offset(s, -1, 4), utf8.offset("", 1), utf8.offset("", 0), utf8.offset("abc", 1, 4))
print(pcall(utf8.offset, s, 1, 3)) print(pcall(utf8.offset, s, 1, 100))
print(pcall(utf8.offset, s, 1, -100)) print(pcall(utf8.offset, s))
print(pcall(utf8.offset)) print(pcall(utf8.offset, "a", "b"))
local function usub(str, i, j)
  local a = utf8.offset(str, i)
  local b = utf8.offset(str, j + 1)
  return str:sub(a, b - 1)
end
print(usub(s, 2, 3), usub(s, 4, 5), usub(s, 1, 1))
local function urev(str)
  local t = {}
  for _, c in utf8.codes(str) do table.insert(t, 1, utf8.char(c)) end
  return table.concat(t)
end
print(urev(s), urev(urev(s)) == s)
