-- Jumps backward and forward, out of scopes with captured variables, through other jumps.
do
  ::top::
  local x = f()
  if x then goto top end
  g(function() return x end)
  if g(x) then goto top end
end
do
  local y
  h(function() return y end)
  if y then goto done end
  y = 1
end
::done::
while a do
  if b then goto next end
  while c do if d then goto next end end
  ::next::
end
--- bytecode
-- function main <0-0> params 0+, registers 3, upvalues 1, constants 7, caches 13
--   upvalue u0 _ENV = r0
--   local r0 x 5..26
--   local r0 y 28..37
--    [1]    0  vararg_prep     0
-- L1:
--    [4]    1  get_global      r0 u0                    ; _ENV .f
--           3  call            r0 1 2
--    [5]    5  test            r0 0 L2
--           7  close           r0
--           8  jump            L1
-- L2:
--    [6]   10  get_global      r1 u0                    ; _ENV .g
--          12  closure         r2 p0                    ; anonymous:6
--          14  call            r1 2 1
--    [7]   16  get_global      r1 u0                    ; _ENV .g
--          18  move            r2 r0
--          19  call            r1 2 2
--          21  test            r1 0 L3
--          23  close           r0
--          24  jump            L1
-- L3:
--          26  close           r0
--   [10]   27  load_nil        r0 0
--   [11]   28  get_global      r1 u0                    ; _ENV .h
--          30  closure         r2 p1                    ; anonymous:11
--          32  call            r1 2 1
--   [12]   34  test            r0 1 L4
--   [13]   36  load_int        r0 1
--          37  close           r0
-- L4:
--   [15]   38  close           r0
--   [16]   39  get_global      r0 u0                    ; _ENV .a
--          41  test            r0 0 L8
-- L5:
--   [17]   43  get_global      r0 u0                    ; _ENV .b
--          45  test            r0 1 L7
-- L6:
--   [18]   47  get_global      r0 u0                    ; _ENV .c
--          49  test            r0 0 L7
--          51  get_global      r0 u0                    ; _ENV .d
--          53  test            r0 1 L7
--          55  jump            L6
-- L7:
--   [16]   57  get_global      r0 u0                    ; _ENV .a
--          59  test            r0 1 L5
-- L8:
--   [20]   61  return0
--
-- function anonymous:6 <6-6> params 0, registers 2, upvalues 1, constants 0, caches 0
--   upvalue u0 x = r0
--    [6]    0  get_upvalue     r0 u0                    ; x
--           1  return1         r0
--           2  return0
--
-- function anonymous:11 <11-11> params 0, registers 2, upvalues 1, constants 0, caches 0
--   upvalue u0 y = r0
--   [11]    0  get_upvalue     r0 u0                    ; y
--           1  return1         r0
--           2  return0
