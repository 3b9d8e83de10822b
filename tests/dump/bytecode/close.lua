-- Variables to be closed: no tail calls, and returns that close.
local function f(x)
  local a <const>, b <close> = 1, x
  if a then return g() end
  return g(a), b
end
local function h() for k in pairs(t) do return k end return 1 end
--- bytecode
-- function main <0-0> params 0+, registers 2, upvalues 1, constants 0, caches 0
--   upvalue u0 _ENV = r0
--   local r0 f 3..6
--   local r1 h 5..6
--    [1]    0  vararg_prep     0
--    [6]    1  closure         r0 p0                    ; f
--    [7]    3  closure         r1 p1                    ; h
--           5  return0
--
-- function f <2-6> params 1, registers 5, upvalues 1, constants 1, caches 4
--   upvalue u0 _ENV = u0
--   local r0 x 0..18
--   local r1 a 2..18
--   local r2 b 2..18
--    [3]    0  load_int        r1 1
--           1  move            r2 r0
--           2  mark_close      r2
--    [4]    3  test            r1 0 L1
--           5  get_global      r3 u0                    ; _ENV .g
--           7  call            r3 1 0
--           9  return          r3 0 1
-- L1:
--    [5]   10  get_global      r3 u0                    ; _ENV .g
--          12  move            r4 r1
--          13  call            r3 2 2
--          15  move            r4 r2
--          16  return          r3 3 1
--    [6]   17  return          r0 1 1
--
-- function h <7-7> params 0, registers 7, upvalues 1, constants 2, caches 4
--   upvalue u0 _ENV = u0
--   local r0 (for state) 6..13
--   local r1 (for state) 6..13
--   local r2 (for state) 6..13
--   local r3 (for state) 6..13
--   local r4 k 8..9
--    [7]    0  get_global      r0 u0                    ; _ENV .pairs
--           2  get_global      r1 u0                    ; _ENV .t
--           4  call            r0 2 5
--           6  for_in_prep     r0 L2
-- L1:
--           8  return          r4 2 1
-- L2:
--           9  for_in_call     r0 1
--          11  for_in_loop     r0 L1
--          13  close           r0
--          14  load_int        r0 1
--          15  return1         r0
--          16  return0
