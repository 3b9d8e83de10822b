-- Penlight: a walk through its modules (lists, strings, templates, XML, data, dates, patterns, comprehensions, classes).
local harness = require("harness")
local report, try = harness.report, harness.try
local List, tablex, stringx, pretty = require("pl.List"), require("pl.tablex"), require("pl.stringx"), require("pl.pretty")
local OrderedMap, Set, class, seq = require("pl.OrderedMap"), require("pl.Set"), require("pl.class"), require("pl.seq")
local template, xml, data, sip = require("pl.template"), require("pl.xml"), require("pl.data"), require("pl.sip")
local lexer, lapp, config, url = require("pl.lexer"), require("pl.lapp"), require("pl.config"), require("pl.url")
local text, permute, array2d, types = require("pl.text"), require("pl.permute"), require("pl.array2d"), require("pl.types")
local stringio, path, Date, func = require("pl.stringio"), require("pl.path"), require("pl.Date"), require("pl.func")
local comprehension = require("pl.comprehension").new()
stringx.import()

local list = List { 10, 20, 30, 40, 50 }
print(list, list:slice(2, -2), list:map("*", 2), list:filter(">", 25), list:reduce("+"), list:reverse())
print(List.range(1, 10):partition(function(x) return x % 3 end)[1], List.split("a b c"), list:index(30))
report("stringx", ("a,b,,c"):split(","), ("  trim "):strip(), ("hello"):center(11, "*"), ("one two"):partition(" "))
report("lines", stringx.splitlines("a\nb\r\nc"), ("text"):startswith("te"), ("x"):rjust(4, "-"), stringx.title("the lua way"))
report("format", stringx.shorten("a long sentence", 8), stringx.quote_string("a\n'b'\"c\""), stringx.expandtabs("a\tb", 4))
print(pretty.write({ 1, 2, { 3, four = "4" }, ["odd key"] = true, f = 1.5 }, "  "))
report("read", pretty.read("{1,2,{x=3}}"), pretty.load("x = 10 y = x * 2", {}))
try("bad read", pretty.read, "{1,2,")
print(pretty.number(123456789, "N"), pretty.number(5.2e10, "M"), pretty.number(4200, "T"))

local map = OrderedMap()
map:set("z", 1):set("a", 2):set("m", 3)
for key, value in map:iter() do io.write(key, "=", value, " ") end
print(map)
report("set", Set.values(Set { 3, 1, 2 } * Set { 2, 3, 4 }):sort(), Set { 1, 2 } == Set { 2, 1 }, Set { 1 } < Set { 1, 2 })
report("tablex", tablex.deepcompare({ 1, { 2 } }, { 1, { 2 } }), tablex.zip({ 1, 2 }, { 3, 4 }), tablex.range(1, 9, 3),
  tablex.imap("+", { 1, 2 }, 10), tablex.merge({ a = 1 }, { b = 2 }, true), tablex.index_map { "x", "y" })

local Animal = class()
function Animal:_init(name) self.name = name end
function Animal:__tostring() return self.name .. ": " .. self:speak() end
local Cat = class(Animal)
function Cat:speak() return "meow" end
function Cat:_init(name) self:super(name .. "!") end
local tom = Cat("Tom")
print(tom, tom:is_a(Animal), Animal:class_of(tom), types.type(tom) == Cat)

print(template.substitute([[
# for i, name in ipairs(names) do
<li id="$(i)">$(name:upper())</li>
# end
]], { names = { "ann", "bob" }, ipairs = ipairs }))
print((select(2, template.substitute("$(nothing.x)", { _parent = _G }))))
local doc = xml.parse('<root a="1"><item id="x">one &amp; two</item><item id="y"/><!-- no --></root>')
print(xml.tostring(doc, "", "  "), doc:get_elements_with_name("item")[1].attr.id, doc:child_with_name("item"):get_text())
report("match", doc:match("<root a='$a'>{{<item id='$id'>$text</item>}}</root>"))
report("sip", sip.match("$v{name}=$d{value}", "size=42", {}))
local found = {}
print(sip.compile("($i,$f) $q")("(10, 2.5) 'quoted'", found), harness.show(found))
for kind, value in lexer.lua("for i = 1, 0x1F do -- c\n x = 'a' .. [[b]] end", {}) do io.write(kind, ":", tostring(value), " ") end
print()
local rows = data.read(stringio.open("name,age,city\nann,30,Rio\nbob,25,Oslo\ncid,41,Rome\n"))
print(rows:column_by_name("age"), rows.fieldnames)
for name, age in rows:select("name,age where age > 26 sort by name") do print(name, age) end
report("config", config.read(stringio.open("# c\n[one]\na=1\nb=x,y\n[two]\nc=hello there\n")))
report("url", url.quote("a b&c/\u{e9}"), url.unquote("a%20b%26"))
print(text.dedent("    one\n      two\n    three\n"), text.indent("a\nb", 3), text.Template("${a} and $b"):substitute { a = 1, b = 2 })
print(text.wrap("the quick brown fox jumps over the lazy dog again and again", 20):join("|"))
for p in permute.order_iter { 1, 2, 3 } do io.write(table.concat(p), " ") end
print()
report("array2d", array2d.map("+", { { 1, 2 }, { 3, 4 } }, 1), array2d.column({ { 1, 2 }, { 3, 4 } }, 2), array2d.flatten { { 1 }, { 2 } })
report("comprehension", comprehension("x^2 for x=1,10 if x % 2 == 0")(), comprehension("{x,y} for x for y")({ 1, 2 }, { 3 }))
report("seq", seq.copy(seq.map(string.upper, { "a", "b" })), seq.sum({ 1, 2, 3 }), seq.copy(seq.zip({ 1, 2 }, { 3, 4 })))
report("path", path.splitext("/a/b.c/d.tar.gz"), path.join("a", "b", "/c"), path.normpath("/a/./b/../c"), path.relpath("/a/b", "/a/c"))
local day = Date { year = 2024, month = 2, day = 28, hour = 12 }
print(Date.Format("yyyy-mm-dd HH:MM"):tostring(day:add { day = 2 }), day:month_name(), day:weekday_name())
print(Date.Format():parse("2021-03-04 05:06:07"), Date.Format():parse("not a date"))
print(func.I(func._1 * 2 + func._2)(10, 1), tablex.map(func._1 + 1, { 1 })[1])
report("lapp", pcall(lapp.process_options_string, [[
Test options
  -v,--verbose        be loud
  -n,--number (default 3)  a number
  <file> (string) input
]], { "-v", "--number", "7", "in.txt" }))
try("argument", List.range, "x")
try("strict", function() return require("pl.strict").module("m", {}).undefined end)

local total = 0
for round = 1, 200 do
  local sum = List.range(1, 100):map("*", round):filter(function(x) return x % 3 == 0 end):reduce("+") or 0
  total = total + sum % 1000 + #(("word "):rep(50):split()) + #pretty.write(List.range(1, 20))
  local document = xml.parse("<a>" .. ("<b c='d'>e</b>"):rep(20) .. "</a>")
  total = total + #xml.tostring(document)
  total = total + #comprehension("x*y for x=1,10 for y=1,10 if x < y")()
end
print(total)
