-- Multiple assignment: targets are evaluated first, and do not see each other's effects.
local t, i = {}, 1
i, t[i] = i + 1, 20
t, t.x, t[i] = nil, 1, 2
t.a, t.b = f()
t.a, t.b, t.c = 1
a, b = b, a
local x, y, z = f(), g()
--- bytecode
-- function main <0-0> params 0+, registers 5, upvalues 1, constants 8, caches 17
--   upvalue u0 _ENV = r0
--   local r0 t 4..46
--   local r1 i 4..46
--   local r2 x 45..46
--   local r3 y 45..46
--   local r4 z 45..46
--    [1]    0  vararg_prep     0
--    [2]    1  new_table       r0                       ; 0 items, 0 fields
--           3  load_int        r1 1
--    [3]    4  add_i           r2 r1 1
--           5  set_index_k     r0 r1 k0                 ; 20
--           6  move            r1 r2
--    [4]    7  load_nil        r2 0
--           8  load_int        r3 1
--           9  set_index_k     r0 r1 k1                 ; 2
--          10  set_field       r0 r3                    ; .x
--          12  move            r0 r2
--    [5]   13  get_global      r2 u0                    ; _ENV .f
--          15  call            r2 1 3
--          17  set_field       r0 r3                    ; .b
--          19  set_field       r0 r2                    ; .a
--    [6]   21  load_int        r2 1
--          22  load_nil        r3 1
--          23  set_field       r0 r4                    ; .c
--          25  set_field       r0 r3                    ; .b
--          27  set_field       r0 r2                    ; .a
--    [7]   29  get_global      r2 u0                    ; _ENV .b
--          31  get_global      r3 u0                    ; _ENV .a
--          33  set_global      r3 u0                    ; _ENV .b
--          35  set_global      r2 u0                    ; _ENV .a
--    [8]   37  get_global      r2 u0                    ; _ENV .f
--          39  call            r2 1 2
--          41  get_global      r3 u0                    ; _ENV .g
--          43  call            r3 1 3
--          45  return0
