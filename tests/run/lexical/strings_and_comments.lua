-- String forms and comments next to each other, nested brackets, escapes at line ends, odd white space.
print('a"b', "a'b", [[a"'b]], [==[a]]b]=]c]==], "a\
b", 'tab\tquote\'', "\065\66\067", "\x41\x4a", "\u{41}\u{e9}", "a\z
      b\z    c")
print([[
first newline skipped]], [[

second kept]], [==[
]]]==], #[[]], #[=[]]]=], "\n" == [[

]])
print(--[[inline]] "after" --[==[ another ]] still ]==] .. "joined") -- rest
--[[ many
lines ]] print "after a long comment"
--[ not a long comment
print "x" --[[
]] print "y" --]] z
---[[ a line comment as well
print "z"
--[==[
print "hidden" --[[ nested ]]
]==]
print(#"\0\00\000\x00", ("a\0b"):byte(1, -1)) print("\a\b\f\v\r" == "\7\8\12\11\13", '\\n', "\"", '\"', "\'")
local crlf = load("return 'one\\\r\ntwo', [[x\r\ny\n\rz\rw]], 3\r\n\r\n-- c\r\n")
local a, b, c = crlf()
print(("%q"):format(a), ("%q"):format(b), c)
print(load("local\tx\v=\f1\rreturn x")(), load("#!/shebang is only for files"), load("return 1--")(), load("return 1--[[]]")())
for _, s in ipairs({ "'a", "'a\nb'", "[[a", "[=[a]]", "[=a", "'\\q'", "'\\400'", "'\\xg0'", "'\\u{110000000}'", "'\\u{}'", "'\\u41'", "--[[x", "'\\", "\"\\x4\"", "[==", "'\\z" }) do
  print((select(2, load("return " .. s, "=s"))))
end
-- Names and reserved words, calls without parentheses, semicolons.
local goto_, End, nil_, _1, __ = 1, 2, 3, 4, 5
print(goto_ + End + nil_ + _1 + __) print "s" print [[l]] print(type { })
;;; local t = { f = function(x) return type(x) end };
print(t.f "s", t.f { }, t.f [[x]], ("x"):rep(2), #"abc", -"2" + 0, not "x")
for _, word in ipairs({ "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then",
  "true", "until", "while" }) do
  io.write(load("local " .. word .. " = 1") and "name " or "reserved ", load("return {}." .. word) and "field " or "")
end
print()
