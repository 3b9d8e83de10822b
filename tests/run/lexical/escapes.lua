-- Every escape sequence of a quoted string, shown as byte values.
local function bytes(s)
  return table.concat({ s:byte(1, -1) }, " ")
end
print(bytes("\a\b\f\n\r\t\v"))
print(bytes("\\\"\'"))
print(bytes('\'"'))
print(bytes("\0\00\000"))
print(bytes("\65\066\67x\1234"))
print(bytes("\x41\x7f\xFf\xaB"))
print(bytes("a\z
             b\z   c"))
print(bytes("line1\
line2"))
print(bytes("\u{0}\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}"))
print(bytes("\u{10000}\u{10FFFF}\u{1FFFFF}\u{3FFFFFF}\u{7FFFFFFF}"))
print(#"\z", #"", #"\x00", bytes("\255"))
print("\u{48}\u{65}llo, \x57orld")
