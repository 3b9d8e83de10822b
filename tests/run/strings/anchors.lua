-- Anchors in find, match, gmatch and gsub.
print(("aaa"):gsub("^a", "b"), ("aaa"):gsub("a$", "b"), ("aaa"):gsub("^a*$", "b"), ("abc"):gsub("^", ">"), ("abc"):gsub("$", "<"))
print(("hello"):match("^h"), ("hello"):match("^e"), ("hello"):match("o$"), ("hello"):match("l$"), ("hello"):match("^hello$"))
print(("hello"):match("^e", 2), ("hello"):find("^l", 3), ("hello"):find("^", 3), ("hello"):find("$"), ("hello"):find("$", 3))
for m in ("aXaXa"):gmatch("^a") do io.write(m, ";") end print("gmatch anchor")
print(("a$"):match("a%$"), ("a$b"):match("$b"), ("^a"):match("^^a"), ("x^"):match("x^"), ("a^"):gsub("%^", "!"))
print(("line1\nline2"):match("^line2"), ("line1\nline2"):match("line1$"), ("line1\nline2"):match("\n(.*)$"))
print(("abc"):gsub("", "-"), (""):gsub("", "-"), (""):gsub("^", "x"), (""):gsub("$", "x"), ("abc"):gsub(".", { a = 1, b = "B", c = false }))
print(("abc"):gsub("b*", "x"), ("abbc"):gsub("b*", "x"), ("abc"):gsub("a*b*c*", "x"))
