-- Methods of strings in hot loops: literals, locals, numbers that have none, and a changing string metatable.
local n = 0
for i = 1, 300 do n = n + #("x"):rep(i % 7) + #("ab"):upper() + ("abc"):byte(-1) end
print(n)
local function method(s, name, ...) return s[name](s, ...) end
local s, names = "Hello", { "upper", "lower", "reverse", "len" }
local out = {}
for i = 1, 400 do
  local v = method(s, names[i % 4 + 1])
  out[v] = (out[v] or 0) + 1
end
print(out.HELLO, out.hello, out.olleH, out[5])

-- Fields of strings: methods, nothing, and integer indices.
local misses = 0
for i = 1, 300 do if s.nothing == nil and s[i] == nil and ("x").len == string.len then misses = misses + 1 end end
print(misses, #s, s.len == string.len, pcall(function() return s.nothing.more end) == false)
print(pcall(function() for i = 1, 300 do s:upper(i < 300 or s.x.y) end end))
print(pcall(function() for i = 1, 300 do local v = i < 250 and "v" or i v:upper() end end))
print(pcall(function() s.field = 1 end))

-- __index of strings becomes a function that counts from the end, and a table that inherits.
local mt = getmetatable("")
local original = mt.__index
local hits = 0
for i = 1, 600 do
  if i == 200 then
    mt.__index = function(str, k)
      if type(k) == "number" then return original.sub(str, k, k) end
      return original[k]
    end
  elseif i == 400 then
    mt.__index = setmetatable({ shout = function(str) return str:upper() .. "!" end }, { __index = original })
  end
  if ("xyz")[2] == "y" then hits = hits + 1 elseif ("xyz").shout then hits = hits + #("a"):shout() end
  hits = hits + #("z"):rep(2)
end
mt.__index = original
print(hits)

-- Other events of strings: arithmetic through the metatable, replaced on the way; comparison and length are built in.
local add = mt.__add
local sum = 0
for i = 1, 400 do
  if i == 200 then mt.__add = function(a, b) return 1000 end end
  sum = sum + ("5" + 1) + (1 + "5")
end
mt.__add = add
print(sum)
mt.__call = function(str, a) return str .. a end
local called = 0
for i = 1, 300 do called = called + #("f")(i) end
mt.__call = nil
print(called, pcall(function() for i = 1, 300 do called = ("f")(i) end end))

-- Subject and pattern vary; captures of different number at one place.
local patterns = { "(%a)(%d)", "(%a+)", "()x", "%d+", "nothing" }
local subjects = { "a1b2", "xyz", "12x", "" }
local nils, positions, texts = 0, 0, 0
for i = 1, 600 do
  local a, b = subjects[i % 4 + 1]:match(patterns[i % 5 + 1])
  if a == nil then nils = nils + 1
  elseif math.type(a) then positions = positions + a
  else texts = texts + #a + (b and 10 or 0)
  end
end
print(nils, positions, texts)
local text = ("lorem ipsum dolor "):rep(20)
local words, letters = 0, 0
for w in text:gmatch("%a+") do words = words + 1 letters = letters + #w:gsub("[aeiou]", "") end
print(words, letters, (text:gsub("%s", "")):len(), select(2, text:gsub("o", { o = "0" })))
