-- Names through `_ENV`: an upvalue, a local, a parameter.
x = 1
y = x
print(_ENV.z)
local function sandboxed(_ENV) x = y end
do
  local _ENV <const> = {}
  function f() return x end
end
--- bytecode
-- function main <0-0> params 0+, registers 3, upvalues 1, constants 6, caches 8
--   upvalue u0 _ENV = r0
--   local r0 sandboxed 15..23
--   local r1 _ENV 17..21
--    [1]    0  vararg_prep     0
--    [2]    1  set_global_k    k0 u0                    ; 1 _ENV .x
--    [3]    3  get_global      r0 u0                    ; _ENV .x
--           5  set_global      r0 u0                    ; _ENV .y
--    [4]    7  get_global      r0 u0                    ; _ENV .print
--           9  get_global      r1 u0                    ; _ENV .z
--          11  call            r0 2 1
--    [5]   13  closure         r0 p0                    ; sandboxed
--    [7]   15  new_table       r1                       ; 0 items, 0 fields
--    [8]   17  closure         r2 p1                    ; _ENV.f
--          19  set_field       r1 r2                    ; .f
--          21  close           r1
--    [9]   22  return0
--
-- function sandboxed <5-5> params 1, registers 2, upvalues 0, constants 2, caches 2
--   local r0 _ENV 0..5
--    [5]    0  get_field       r1 r0                    ; .y
--           2  set_field       r0 r1                    ; .x
--           4  return0
--
-- function _ENV.f <8-8> params 0, registers 2, upvalues 1, constants 1, caches 1
--   upvalue u0 _ENV = r1 const
--    [8]    0  get_global      r0 u0                    ; _ENV .x
--           2  return1         r0
--           3  return0
