-- Upvalues through several functions; variables captured in blocks are closed when the block is left.
local a, b = 1, 2
local function outer(x)
  local function inner() a = a + x; return function() return a, b, x end end
  do
    local y = x
    f(function() return y end)
  end
  return inner
end
function M.f() end
function M.g.h:m() return self end
local t = { field = function() end }
return function() end
--- bytecode
-- function main <0-0> params 0+, registers 5, upvalues 1, constants 6, caches 8
--   upvalue u0 _ENV = r0
--   local r0 a 3..31
--   local r1 b 3..31
--   local r2 outer 5..31
--   local r3 t 27..31
--    [1]    0  vararg_prep     0
--    [2]    1  load_int        r0 1
--           2  load_int        r1 2
--   [10]    3  closure         r2 p0                    ; outer
--   [11]    5  get_global      r3 u0                    ; _ENV .M
--           7  closure         r4 p1                    ; M.f
--           9  set_field       r3 r4                    ; .f
--   [12]   11  get_global      r3 u0                    ; _ENV .M
--          13  get_field       r3 r3                    ; .g
--          15  get_field       r3 r3                    ; .h
--          17  closure         r4 p2                    ; h.m
--          19  set_field       r3 r4                    ; .m
--   [13]   21  new_table       r3                       ; 0 items, 1 fields
--          23  closure         r4 p3                    ; field
--          25  set_field       r3 r4                    ; .field
--   [14]   27  closure         r4 p4                    ; anonymous:14
--          29  return          r4 2 1
--          30  return          r0 1 1
--
-- function outer <3-10> params 1, registers 5, upvalues 3, constants 1, caches 2
--   upvalue u0 a = r0
--   upvalue u1 b = r1
--   upvalue u2 _ENV = u0
--   local r0 x 0..12
--   local r1 inner 2..12
--   local r2 y 3..9
--    [4]    0  closure         r1 p0                    ; inner
--    [6]    2  move            r2 r0
--    [7]    3  get_global      r3 u2                    ; _ENV .f
--           5  closure         r4 p1                    ; anonymous:7
--           7  call            r3 2 1
--           9  close           r2
--    [9]   10  return          r1 2 1
--   [10]   11  return          r0 1 1
--
-- function inner <4-4> params 0, registers 2, upvalues 3, constants 0, caches 0
--   upvalue u0 a = u0
--   upvalue u1 x = r0
--   upvalue u2 b = u1
--    [4]    0  get_upvalue     r0 u0                    ; a
--           1  get_upvalue     r1 u1                    ; x
--           2  add             r0 r0 r1
--           3  set_upvalue     r0 u0                    ; a
--           4  closure         r0 p0                    ; anonymous:4
--           6  return1         r0
--           7  return0
--
-- function anonymous:4 <4-4> params 0, registers 3, upvalues 3, constants 0, caches 0
--   upvalue u0 a = u0
--   upvalue u1 b = u2
--   upvalue u2 x = u1
--    [4]    0  get_upvalue     r0 u0                    ; a
--           1  get_upvalue     r1 u1                    ; b
--           2  get_upvalue     r2 u2                    ; x
--           3  return          r0 4 0
--           4  return0
--
-- function anonymous:7 <7-7> params 0, registers 2, upvalues 1, constants 0, caches 0
--   upvalue u0 y = r2
--    [7]    0  get_upvalue     r0 u0                    ; y
--           1  return1         r0
--           2  return0
--
-- function M.f <11-11> params 0, registers 2, upvalues 0, constants 0, caches 0
--   [11]    0  return0
--
-- function h.m <12-12> params 1, registers 2, upvalues 0, constants 0, caches 0
--   local r0 self 0..2
--   [12]    0  return1         r0
--           1  return0
--
-- function field <13-13> params 0, registers 2, upvalues 0, constants 0, caches 0
--   [13]    0  return0
--
-- function anonymous:14 <14-14> params 0, registers 2, upvalues 0, constants 0, caches 0
--   [14]    0  return0
