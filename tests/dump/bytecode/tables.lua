-- Constructors and all kinds of keys.
local t = { 1, "two", f(), x = 1, ["y"] = nil, [3] = true, [t] = x }
local k = t.x
t.x, t[1], t[300], t[k] = k, nil, 1.5, "s"
t[1] = t[2]
t.a.b.c = t[k][k]
t["a name that is longer than what a cache may have"] = 1
local list = { ... }
local calls = { f(), (g()) }
--- bytecode
-- function main <0-0> params 0+, registers 6, upvalues 1, constants 15, caches 18
--   upvalue u0 _ENV = r0
--   local r0 t 21..62
--   local r1 k 23..62
--   local r2 list 49..62
--   local r3 calls 61..62
--    [1]    0  vararg_prep     0
--    [2]    1  new_table       r0                       ; 3 items, 4 fields
--           3  load_int        r1 1
--           4  load_k          r2 k0                    ; "two"
--           5  get_global      r3 u0                    ; _ENV .f
--           7  call            r3 1 2
--           9  set_field_k     r0 k2                    ; 1 .x
--          11  set_field_k     r0 k4                    ; nil .y
--          13  set_int_k       r0 3 k6                  ; true
--          14  get_global      r4 u0                    ; _ENV .t
--          16  get_global      r5 u0                    ; _ENV .x
--          18  set_index       r0 r4 r5
--          19  set_list        r0 3 0
--    [3]   21  get_field       r1 r0                    ; .x
--    [4]   23  load_int        r2 300
--          24  move            r3 r1
--          25  load_nil        r4 0
--          26  load_k          r5 k8                    ; 1.5
--          27  set_index_k     r0 r1 k9                 ; "s"
--          28  set_index       r0 r2 r5
--          29  set_int         r0 1 r4
--          30  set_field       r0 r3                    ; .x
--    [5]   32  get_int         r2 r0 2
--          33  set_int         r0 1 r2
--    [6]   34  get_field       r2 r0                    ; .a
--          36  get_field       r2 r2                    ; .b
--          38  get_index       r3 r0 r1
--          39  get_index       r3 r3 r1
--          40  set_field       r2 r3                    ; .c
--    [7]   42  load_k          r2 k13                   ; "a name that is longer than what a cache ..."
--          43  set_index_k     r0 r2 k2                 ; 1
--    [8]   44  new_table       r2                       ; 0 items, 0 fields
--          46  vararg          r3 0
--          47  set_list        r2 0 0
--    [9]   49  new_table       r3                       ; 2 items, 0 fields
--          51  get_global      r4 u0                    ; _ENV .f
--          53  call            r4 1 2
--          55  get_global      r5 u0                    ; _ENV .g
--          57  call            r5 1 2
--          59  set_list        r3 2 0
--          61  return0
