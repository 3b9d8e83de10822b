-- File iteration inside coroutines, closing on break and on error.
local name = os.tmpname()
local f = io.open(name, "w")
f:write("one\ntwo\nthree\nfour\n")
f:close()
local gen = coroutine.wrap(function() for l in io.lines(name) do coroutine.yield(l:upper()) end return "eof" end)
print(gen(), gen(), gen(), gen(), gen())
local handle
local ok, e = pcall(function()
  for l in io.lines(name) do
    if l == "two" then error("stop at " .. l, 0) end
  end
end)
print(ok, e)
do
  local h <close> = assert(io.open(name))
  handle = h
  print(h:read())
end
print(io.type(handle), pcall(handle.read, handle))
local function first(n)
  local out = {}
  for l in io.lines(name) do
    out[#out + 1] = l
    if #out == n then return table.concat(out, "+") end
  end
end
print(first(1), first(3), first(9))
local a, b = io.open(name), io.open(name)
print(a:read(), b:read(), a:read(), b:read(), a == b, a ~= b)
a:close() b:close()
os.remove(name)
