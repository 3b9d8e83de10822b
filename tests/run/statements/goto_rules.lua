-- Where goto may go: labels of enclosing blocks, visibility, end of blocks, duplicates, and loops made of it.
local function try(src) local f, e = load(src, "=g") print(f and "ok" or e) end
try "goto l1 ; ::l1::" try "::l1:: goto l1" try "goto nowhere" try "do ::inside:: end goto inside" try "goto l1 do ::l1:: end" try "do goto l1 end ::l1::" try "do goto l1 end local x ::l1:: x = 1"
try "goto l1 local x ::l1::" try "goto l1 local x ::l1:: ; ; ::l2::" try "goto l1 local x ::l1:: print(x)" try "goto l1 local x <const> = 1 ::l1:: print(x)" try "goto l1 local x <const> = 1 ::l1::"
try "::a:: ::a::" try "::a:: do ::a:: end" try "do ::a:: end ::a::" try "::a:: local function f() ::a:: end" try "goto f local function f() ::f:: end" try "break" try "while true do local function f() break end end"
try "if true then break end" try "for i = 1, 2 do break end break" try "repeat if x then goto cont end local y ::cont:: until y" try "repeat goto cont local y ::cont:: until true" try "repeat local y goto cont ::cont:: until y"
try "while true do goto cont local x x = 1 ::cont:: end" try "goto = 1" try "local goto_ = 1 goto goto_ ::goto_::" try "::1::" try ":: l ::" try "goto 'x'" try "return goto x" try "goto x; return ::x::" try "goto x return; ::x::" try "do return end ::x:: goto x"
-- Loops of every kind built from labels.
local out = {}
do
  local i = 1
  ::top::
  if i <= 5 then out[#out + 1] = i i = i + 1 goto top end
end
print(table.concat(out, " "))
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto next_i end
    if i == 3 then goto done end
    io.write(i, ":", j, " ")
  end
  ::next_i::
end
::done:: print "done"
-- Each pass over a local declaration makes a new variable.
local fs = {}
do
  local k = 0
  ::again::
  local x = k
  fs[#fs + 1] = function() x = x + 10 return x end
  k = k + 1
  if k < 3 then goto again end
end
print(fs[1](), fs[1](), fs[2](), fs[3]())
-- Backward out of nested blocks with variables to close; forward over blocks.
local log = {}
local function closer(n) return setmetatable({}, { __close = function() log[#log + 1] = n end }) end
do
  local n = 0
  ::retry::
  n = n + 1
  do
    local a <close> = closer("a" .. n)
    do local b <close> = closer("b" .. n) if n < 3 then goto retry end end
  end
end
print(table.concat(log, " "))
local state, steps = "start", 0
::dispatch::
steps = steps + 1
if state == "start" then state = "middle" goto dispatch elseif state == "middle" then if steps < 5 then goto dispatch end state = "end" goto dispatch end
print(state, steps)
local function find(t, x) for i, v in ipairs(t) do if v == x then goto found end end do return "absent" end ::found:: return "present" end
print(find({ 1, 2, 3 }, 2), find({ 1, 2, 3 }, 5))
