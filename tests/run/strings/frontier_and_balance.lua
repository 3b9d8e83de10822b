-- %b, %f, back references, position captures and nested captures in find, match, gmatch and gsub.
print(("f(a(b)c) + g()"):match("%b()"), ("((unbalanced)"):match("%b()"), ("no parens"):match("%b()"), ("[[x]]"):match("%b[]"), ("aXbXc"):match("%bXX"))
print(("THE (quick) fox"):find("%f[%a]%a+%f[%A]"), ("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)) print(("foo.bar"):gsub("%f[%w]%w+%f[%W]", "<%0>"))
print(("x"):find("%f[x]x%f[\0]"), ("xx"):find("%f[x]x%f[^x]"), (""):find("%f[^%z]"), ("a"):find("%f[%z]"), ("abc"):find("%f[b]"))
print(("abcabc"):match("(abc)%1"), ("abab"):match("(a)(b)%1%2"), ("say 'hi' \"there\""):match("(['\"])(.-)%1"), ("aa bb cd"):gsub("(%a)%1", "<%0>"))
print(("hello"):match("()ll()"), ("abc"):find("b()"), ("abc"):match("((a)(b))"), ("abc"):match("(a(b(c)))"), ("key=val"):match("((%w+)=(%w+))"))
print(("date 2024-05-17"):match("(%d+)-(%d+)-(%d+)"), ("  x  "):match("^%s*(.-)%s*$") .. "|", ("path/to/file.txt"):match("([^/]*)%.(%w+)$"))
for a, b in ("k1=v1, k2=v2,k3=v3"):gmatch("(%w+)=(%w+)") do io.write(a, ">", b, " ") end
for p in ("a.b.c"):gmatch("()%.") do io.write(p, " ") end for w in ("one two"):gmatch("%a+") do io.write(w, ";") end for e in ("abc"):gmatch("") do io.write("<", e, ">") end
for w in ("abc abd"):gmatch("ab(.)") do io.write(w) end for m in ("xaxbx"):gmatch("x(.-)%f[x]") do io.write("[", m, "]") end print()
for m in ("hello"):gmatch("l", 4) do io.write(m, " ") end for m in ("hello"):gmatch("l", -2) do io.write(m, " ") end for m in ("aaa"):gmatch("^a") do io.write("anchored ", m, " ") end print()
-- Classes, sets and quantifiers together.
for _, p in ipairs({ "[%a_][%w_]*", "[^%s]+", "[a-c%d]+", "[]]", "[^]]+", "[%-x]+", "[a%-z]+", "[%a-z]+", "%d+%.?%d*", "0[xX]%x+", "[+-]?%d+", ".-b", "a*b", "a-b", "a?b", "^.", ".$", "%S+$", "[%z\1-\31]", "%.", "%%" }) do
  print(p, ("_id1 x-3.5 0xFF] a-z aab %"):match(p), ("_id1 x-3.5 0xFF] a-z aab %"):find(p))
end
print(pcall(string.match, "x", "[a")) print(pcall(string.match, "x", "%")) print(pcall(string.match, "x", "(x")) print(pcall(string.match, "x", "x)")) print(pcall(string.match, "x", "%b")) print(pcall(string.match, "x", "%f"))
print(pcall(string.match, "x", "%1")) print(pcall(string.match, "xx", "(x%1)")) print(pcall(string.match, "x", ("(x)"):rep(33))) print(pcall(string.rep, "x", -1)) print(pcall(string.find, "x", "[%")) print(pcall(string.match, "x", "[]"))
-- find with plain text, starting points, and matches of nothing.
print(("a.b"):find(".", 1, true), ("a.b"):find("."), ("abc"):find("", 2), ("abc"):find("", 4), ("abc"):find("", 5), ("abc"):find("", 10), ("abc"):find("c", -1), ("abc"):find("a", -2), ("abc"):find("b", -100), (""):find(""))
print(("x"):rep(300):find(("x"):rep(300), 1, true), ("a"):rep(1000):match("a-$") == ("a"):rep(1000), #("a"):rep(500):match(("a?"):rep(100) .. ("a"):rep(100)), ("a\0b\0c"):find("\0c"), ("a\0b"):match("%z"), #("a\0b"):match(".+"))
