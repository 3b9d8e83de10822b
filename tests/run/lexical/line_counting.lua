-- Line numbers after every kind of newline, in errors and in currentline.
local function where(src)
  local ok, msg = pcall(load(src, "=src"))
  return msg
end
print(where("\n\nerror('x')"))
print(where("\r\r\rerror('x')"))
print(where("\r\n\r\nerror('x')"))
print(where("\n\r\n\rerror('x')"))
print(where("--[[\n\n]] error('x')"))
print(where("local s = [[\n\n\n]] error('x')"))
print(where("local s = 'a\\\nb\\\nc' error('x')"))
print(where("local s = 'a\\z  \n\n  b' error('x')"))
print(where("error(\n'x'\n)"))
print(where("local a =\n1 +\nnil"))
print(where("local t = {}\nlocal x = t\n.a\n.b"))
print(debug.getinfo(1, "l").currentline)
