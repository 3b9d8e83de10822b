-- All loops, with and without captured variables.
for i = 1, 10 do f(i) end
for i = 10, 1, -1 do f(function() return i end) end
for k, v in next, t do f(k, v) end
while a do a = f(a) end
repeat local x = f() until x > 1
repeat local x = f(); g(function() return x end) until x
for i = 1, 3 do
  if f(i) then goto continue end
  if g(i) then break end
  h(i)
  ::continue::
end
while a < 3 and not f(a) do
  a = a + 1
end
while true do
  if f() then break end
end
--- bytecode
-- function main <0-0> params 0+, registers 9, upvalues 1, constants 6, caches 38
--   upvalue u0 _ENV = r0
--   local r0 (for state) 4..13
--   local r1 (for state) 4..13
--   local r2 (for state) 4..13
--   local r3 i 6..11
--   local r0 (for state) 16..27
--   local r1 (for state) 16..27
--   local r2 (for state) 16..27
--   local r3 i 18..24
--   local r0 (for state) 32..44
--   local r1 (for state) 32..44
--   local r2 (for state) 32..44
--   local r3 (for state) 32..44
--   local r4 k 34..40
--   local r5 v 34..40
--   local r0 x 63..65
--   local r0 x 69..77
--   local r0 (for state) 86..109
--   local r1 (for state) 86..109
--   local r2 (for state) 86..109
--   local r3 i 88..107
--    [1]    0  vararg_prep     0
--    [2]    1  load_int        r0 1
--           2  load_int        r1 10
--           3  load_int        r2 1
--           4  for_prep        r0 L2
-- L1:
--           6  get_global      r4 u0                    ; _ENV .f
--           8  move            r5 r3
--           9  call            r4 2 1
--          11  for_loop        r0 L1
-- L2:
--    [3]   13  load_int        r0 10
--          14  load_int        r1 1
--          15  load_int        r2 -1
--          16  for_prep        r0 L4
-- L3:
--          18  get_global      r4 u0                    ; _ENV .f
--          20  closure         r5 p0                    ; anonymous:3
--          22  call            r4 2 1
--          24  close           r3
--          25  for_loop        r0 L3
-- L4:
--    [4]   27  get_global      r0 u0                    ; _ENV .next
--          29  get_global      r1 u0                    ; _ENV .t
--          31  load_nil        r2 1
--          32  for_in_prep     r0 L6
-- L5:
--          34  get_global      r6 u0                    ; _ENV .f
--          36  move            r7 r4
--          37  move            r8 r5
--          38  call            r6 3 1
-- L6:
--          40  for_in_call     r0 2
--          42  for_in_loop     r0 L5
--          44  close           r0
-- L7:
--    [5]   45  get_global      r0 u0                    ; _ENV .a
--          47  test            r0 0 L8
--          49  get_global      r0 u0                    ; _ENV .f
--          51  get_global      r1 u0                    ; _ENV .a
--          53  call            r0 2 2
--          55  set_global      r0 u0                    ; _ENV .a
--          57  jump            L7
-- L8:
--    [6]   59  get_global      r0 u0                    ; _ENV .f
--          61  call            r0 1 2
--          63  gt_i            r0 1 0 L8
-- L9:
--    [7]   65  get_global      r0 u0                    ; _ENV .f
--          67  call            r0 1 2
--          69  get_global      r1 u0                    ; _ENV .g
--          71  closure         r2 p1                    ; anonymous:7
--          73  call            r1 2 1
--          75  test            r0 0 L10
--          77  close           r0
--          78  jump            L11
-- L10:
--          80  close           r0
--          81  jump            L9
-- L11:
--    [8]   83  load_int        r0 1
--          84  load_int        r1 3
--          85  load_int        r2 1
--          86  for_prep        r0 L14
-- L12:
--    [9]   88  get_global      r4 u0                    ; _ENV .f
--          90  move            r5 r3
--          91  call            r4 2 2
--          93  test            r4 1 L13
--   [10]   95  get_global      r4 u0                    ; _ENV .g
--          97  move            r5 r3
--          98  call            r4 2 2
--         100  test            r4 1 L14
--   [11]  102  get_global      r4 u0                    ; _ENV .h
--         104  move            r5 r3
--         105  call            r4 2 1
-- L13:
--    [8]  107  for_loop        r0 L12
-- L14:
--   [14]  109  get_global      r0 u0                    ; _ENV .a
--         111  lt_i            r0 3 0 L16
--         113  get_global      r0 u0                    ; _ENV .f
--         115  get_global      r1 u0                    ; _ENV .a
--         117  call            r0 2 2
--         119  test            r0 1 L16
-- L15:
--   [15]  121  get_global      r0 u0                    ; _ENV .a
--         123  add_i           r0 r0 1
--         124  set_global      r0 u0                    ; _ENV .a
--   [14]  126  get_global      r0 u0                    ; _ENV .a
--         128  lt_i            r0 3 0 L16
--         130  get_global      r0 u0                    ; _ENV .f
--         132  get_global      r1 u0                    ; _ENV .a
--         134  call            r0 2 2
--         136  test            r0 0 L15
-- L16:
--   [18]  138  get_global      r0 u0                    ; _ENV .f
--         140  call            r0 1 2
--         142  test            r0 1 L17
--         144  jump            L16
-- L17:
--   [19]  146  return0
--
-- function anonymous:3 <3-3> params 0, registers 2, upvalues 1, constants 0, caches 0
--   upvalue u0 i = r3
--    [3]    0  get_upvalue     r0 u0                    ; i
--           1  return1         r0
--           2  return0
--
-- function anonymous:7 <7-7> params 0, registers 2, upvalues 1, constants 0, caches 0
--   upvalue u0 x = r0
--    [7]    0  get_upvalue     r0 u0                    ; x
--           1  return1         r0
--           2  return0
