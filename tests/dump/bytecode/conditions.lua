-- Conditions become jumps; values of `and` and `or` need no copies.
local a, b, c = ...
local x = a and b or c
x = a or f()
x = a == b
x = not (a < b)
x = (a < b and b <= c) or a ~= nil
if a == 1 and b ~= "s" or not (c > 2.0) then f() elseif 3 <= a then g() else h() end
if not a then return 1 end
while true do if a then break end end
if nil then f() end
if a == true or 1 >= b or a == 1.0 then f() end
return a and b(), c or (...)
--- bytecode
-- function main <0-0> params 0+, registers 6, upvalues 1, constants 6, caches 13
--   upvalue u0 _ENV = r0
--   local r0 a 2..89
--   local r1 b 2..89
--   local r2 c 2..89
--   local r3 x 7..89
--    [1]    0  vararg_prep     0
--    [2]    1  vararg          r0 4
--    [3]    2  test            r0 0 L1
--           4  test_set        r3 r1 1 L2
-- L1:
--           6  move            r3 r2
-- L2:
--    [4]    7  test_set        r3 r0 1 L3
--           9  get_global      r4 u0                    ; _ENV .f
--          11  call            r4 1 2
--          13  move            r3 r4
-- L3:
--    [5]   14  eq              r0 r1 1 L4
--          16  load_false_skip r3
-- L4:
--          17  load_true       r3
--    [6]   18  lt              r0 r1 0 L5
--          20  load_false_skip r3
-- L5:
--          21  load_true       r3
--    [7]   22  lt              r0 r1 0 L6
--          24  le              r1 r2 1 L7
-- L6:
--          26  eq_k            r0 k1 0 L7               ; nil
--          28  load_false_skip r3
-- L7:
--          29  load_true       r3
--    [8]   30  eq_i            r0 1 0 L8
--          32  eq_k            r1 k2 0 L9               ; "s"
-- L8:
--          34  load_float      r4 2
--          35  lt              r4 r2 1 L10
-- L9:
--          37  get_global      r4 u0                    ; _ENV .f
--          39  call            r4 1 1
--          41  jump            L12
-- L10:
--          43  ge_i            r0 3 0 L11
--          45  get_global      r4 u0                    ; _ENV .g
--          47  call            r4 1 1
--          49  jump            L12
-- L11:
--          51  get_global      r4 u0                    ; _ENV .h
--          53  call            r4 1 1
-- L12:
--    [9]   55  test            r0 1 L13
--          57  load_int        r4 1
--          58  return1         r4
-- L13:
--   [10]   59  test            r0 1 L14
--          61  jump            L13
--   [11]   63  jump            L14
--          65  get_global      r4 u0                    ; _ENV .f
--          67  call            r4 1 1
-- L14:
--   [12]   69  eq_k            r0 k5 1 L15              ; true
--          71  le_i            r1 1 1 L15
--          73  eq_i            r0 1 0 L16
-- L15:
--          75  get_global      r4 u0                    ; _ENV .f
--          77  call            r4 1 1
-- L16:
--   [13]   79  test_set        r4 r0 0 L17
--          81  move            r4 r1
--          82  call            r4 1 2
-- L17:
--          84  test_set        r5 r2 1 L18
--          86  vararg          r5 2
-- L18:
--          87  return          r4 3 0
--          88  return0
