-- type() of every kind of value and its tostring prefix.
print(type(nil), type(true), type(1), type(1.5), type("x"))
print(type({}), type(print), type(function() end), type(coroutine.create(print)))
print(type(io.stdout), type(type))
print(pcall(type))
for _, v in ipairs { {}, print, coroutine.create(print), io.stdout } do
  print((tostring(v):gsub("0x%x+", "PTR"):gsub("builtin: %x+", "PTR")))
end
print(tostring(nil), tostring(true), tostring(false), tostring(12), tostring(1.5))
print(pcall(tostring))
print(tostring("same") == "same", rawequal("a" .. "b", "ab"))
print(math.type(1), math.type(1.0), math.type("1"), pcall(math.type))
