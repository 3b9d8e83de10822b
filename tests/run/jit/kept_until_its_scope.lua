-- A variable that nobody reads has its value before its scope begins: calls in between must not lose it.
local function loop(n)
  for i = 0, n do
    local unread, text = { i }, ("%s"):format("A", n, 445)
    tostring(text):match("l-o")
  end
end
loop(25)

local function seen(n)
  local last
  for i = 1, n do
    local unread, text = { i }, ("%d"):format(i)
    local name, value = debug.getlocal(1, 7)
    assert(name == "unread" and value[1] == i)
    last = text
  end
  return last
end
print(seen(40))
