-- Locals are used in place; nils are merged; results go straight to their variable.
local a, b, c
local x, y = 1, 2.0
a = x
b = x + y
x, y = y, x
local n <const>, s <const> = 10, "text"
c = n + x
return s, nil, true
--- bytecode
-- function main <0-0> params 0+, registers 9, upvalues 1, constants 1, caches 0
--   upvalue u0 _ENV = r0
--   local r0 a 2..16
--   local r1 b 2..16
--   local r2 c 2..16
--   local r3 x 4..16
--   local r4 y 4..16
--   local r5 n 10..16
--    [1]    0  vararg_prep     0
--    [2]    1  load_nil        r0 2
--    [3]    2  load_int        r3 1
--           3  load_float      r4 2
--    [4]    4  move            r0 r3
--    [5]    5  add             r1 r3 r4
--    [6]    6  move            r5 r4
--           7  move            r4 r3
--           8  move            r3 r5
--    [7]    9  load_int        r5 10
--    [8]   10  add             r2 r5 r3
--    [9]   11  load_k          r6 k0                    ; "text"
--          12  load_nil        r7 0
--          13  load_true       r8
--          14  return          r6 4 0
--          15  return0
