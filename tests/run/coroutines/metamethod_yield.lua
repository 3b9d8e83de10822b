-- Yields inside metamethods of every kind.
local y = coroutine.yield
local mt = {
  __add = function(a, b) return y("add") end, __sub = function() return y("sub") end, __mul = function() return y("mul") end, __div = function() return y("div") end,
  __mod = function() return y("mod") end, __pow = function() return y("pow") end, __idiv = function() return y("idiv") end, __unm = function() return y("unm") end,
  __band = function() return y("band") end, __bor = function() return y("bor") end, __bxor = function() return y("bxor") end, __shl = function() return y("shl") end, __shr = function() return y("shr") end, __bnot = function() return y("bnot") end,
  __concat = function() return y("concat") end, __len = function() return y("len") end, __eq = function() return y("eq") end, __lt = function() return y("lt") end, __le = function() return y("le") end,
  __index = function(_, k) return y("index " .. k) end, __newindex = function(t, k, v) rawset(t, k, y("newindex " .. k)) end, __call = function(_, ...) return y("call", ...) end,
}
local function T() return setmetatable({}, mt) end
local function drive(f)
  local co = coroutine.create(f)
  local r = table.pack(coroutine.resume(co))
  local n = 0
  while coroutine.status(co) ~= "dead" do
    io.write(tostring(r[2]), ";")
    n = n + 1
    r = table.pack(coroutine.resume(co, n))
  end
  print("->", table.unpack(r, 2, r.n))
end
local a, b = T(), T()
drive(function() return a + 1, 1 - a, a * b, a / 2, a % 2, a ^ 2, a // 2, -a end)
drive(function() return a & 1, 1 | a, a ~ b, a << 1, a >> 1, ~a end)
drive(function() return a .. "x", "x" .. a, "p" .. "q" .. a .. "r", #a end)
drive(function() return a == b, a ~= b, a < b, a <= b, a > 1, 1 >= a, not (a < b) end)
drive(function() return a.foo, a[1], a.foo.bar end)
drive(function() a.set = 1 a[5] = 2 return rawget(a, "set"), rawget(a, 5) end)
drive(function() local r = a("arg", 2) return r, (a()) end)
drive(function() if a == b then return "eq true" end end)
drive(function() if a < b then return "lt true" else return "lt false" end end)
drive(function() local n = 0 while a <= b do n = n + 1 if n == 3 then break end end return n end)
drive(function() local t = { a + 1, a + 2, x = a + 3 } return t[1], t[2], t.x end)
