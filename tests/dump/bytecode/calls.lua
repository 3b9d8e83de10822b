-- Calls with fixed and open arguments and results, methods, tail calls.
local function f(a, ...)
  local x, y = ...
  g()
  g(a, ...)
  x, y = g(a), g(1, g())
  a:method(x, ...)
  a.b.c:method "string" { 1 }
  local z = (...)
  if z then return g(...) end
  return a:method()
end
local function g(a, b) return f(a), b end
return (f()), f()
--- bytecode
-- function main <0-0> params 0+, registers 4, upvalues 1, constants 0, caches 2
--   upvalue u0 _ENV = r0
--   local r0 f 3..13
--   local r1 g 5..13
--    [1]    0  vararg_prep     0
--   [12]    1  closure         r0 p0                    ; f
--   [13]    3  closure         r1 p1                    ; g
--   [14]    5  move            r2 r0
--           6  call            r2 1 2
--           8  move            r3 r0
--           9  call            r3 1 0
--          11  return          r2 0 1
--          12  return          r0 1 1
--
-- function f <2-12> params 1+, registers 7, upvalues 1, constants 5, caches 22
--   upvalue u0 _ENV = u0
--   local r0 a 1..63
--   local r1 x 2..63
--   local r2 y 2..63
--   local r3 z 51..63
--    [2]    0  vararg_prep     1
--    [3]    1  vararg          r1 3
--    [4]    2  get_global      r3 u0                    ; _ENV .g
--           4  call            r3 1 1
--    [5]    6  get_global      r3 u0                    ; _ENV .g
--           8  move            r4 r0
--           9  vararg          r5 0
--          10  call            r3 0 1
--    [6]   12  get_global      r3 u0                    ; _ENV .g
--          14  move            r4 r0
--          15  call            r3 2 2
--          17  get_global      r4 u0                    ; _ENV .g
--          19  load_int        r5 1
--          20  get_global      r6 u0                    ; _ENV .g
--          22  call            r6 1 0
--          24  call            r4 0 2
--          26  move            r2 r4
--          27  move            r1 r3
--    [7]   28  get_method      r3 r0                    ; :method
--          30  move            r5 r1
--          31  vararg          r6 0
--          32  call            r3 0 1
--    [8]   34  get_field       r3 r0                    ; .b
--          36  get_field       r3 r3                    ; .c
--          38  get_method      r3 r3                    ; :method
--          40  load_k          r5 k4                    ; "string"
--          41  call            r3 3 2
--          43  new_table       r4                       ; 1 items, 0 fields
--          45  load_int        r5 1
--          46  set_list        r4 1 0
--          48  call            r3 2 1
--    [9]   50  vararg          r3 2
--   [10]   51  test            r3 0 L1
--          53  get_global      r4 u0                    ; _ENV .g
--          55  vararg          r5 0
--          56  tail_call       r4 0 0
-- L1:
--   [11]   58  get_method      r4 r0                    ; :method
--          60  tail_call       r4 2 0
--   [12]   62  return0
--
-- function g <13-13> params 2, registers 4, upvalues 1, constants 0, caches 1
--   upvalue u0 f = r0
--   local r0 a 0..7
--   local r1 b 0..7
--   [13]    0  get_upvalue     r2 u0                    ; f
--           1  move            r3 r0
--           2  call            r2 2 2
--           4  move            r3 r1
--           5  return          r2 3 0
--           6  return0
