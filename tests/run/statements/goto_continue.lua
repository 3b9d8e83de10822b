-- goto as continue, as break out of nested loops, as a state machine.
for i = 1, 6 do
  if i % 2 == 0 then goto continue end
  io.write(i, " ")
  ::continue::
end
print()
for i = 1, 3 do
  for j = 1, 3 do
    if i * j == 4 then goto out end
    io.write(i * j, " ")
  end
end
::out:: print("out")
do
  local n = 0
  ::top::
  n = n + 1
  if n < 5 then goto top end
  print(n)
end
local function machine(s)
  local i, out = 0, {}
  local function nextc() i = i + 1 return s:sub(i, i) end
  ::a:: do local c = nextc() if c == "b" then goto b elseif c == "" then goto stop end out[#out + 1] = "A" goto a end
  ::b:: do local c = nextc() if c == "a" then goto a elseif c == "" then goto stop end out[#out + 1] = "B" goto b end
  ::stop:: return table.concat(out)
end
print(machine("xxbyyazz"))
local i = 1
while i <= 5 do
  i = i + 1
  if i == 3 then goto cont end
  io.write(i, " ")
  ::cont::
end
print()
repeat
  goto skip
  print "jumped over"
  ::skip::
until true
print "end"
