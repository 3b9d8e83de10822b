-- Yields inside of each metamethod; the operation goes on with what resume passed.
local mt = {}
local yield = coroutine.yield
for _, ev in ipairs({ "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "shl", "shr", "bnot", "concat", "len",
  "eq", "lt", "le", "index", "newindex", "call", "close" }) do
  mt["__" .. ev] = function() return yield(ev) end
end
local function run(f)
  local co = coroutine.create(f)
  local names, ok, v = {}, coroutine.resume(co)
  while coroutine.status(co) == "suspended" do
    names[#names + 1] = v
    ok, v = coroutine.resume(co, #names)
  end
  print(ok, v, table.concat(names, " "))
end
local function obj() return setmetatable({}, mt) end
local a, b = obj(), obj()
run(function() return a + 1 + (1 - a) * (a / 2) end)
run(function() return (a % 2) ^ 2 + (2 ^ a) + -a + a // 3 end)
run(function() return (a & 1) + (a | 1) + (1 ~ a) + (a << 1) + (a >> 1) + ~a end)
run(function() return a .. "x" .. b .. "y" end)
run(function() return "x" .. 1 .. a end)
run(function() return #a + #b end)
run(function() return a == b, a ~= b end)
run(function() if a < b then return "less" end end)
run(function() return (a <= b and 1 or 0) + (a > b and 10 or 0) + (a >= b and 100 or 0) end)
run(function() return a.x + a[1] + a.y.z end)
run(function() a.x = 1 a[1], a.y = 2, 3 return "stored" end)
run(function() return a(1, 2) + a() end)
run(function() return tostring(a:method(1)) end)
run(function() local t = { a.x, a(1), #a, n = -a } return t[1] + t[2] + t[3] + t.n end)
run(function() local c <close> = a return "closed" end)
run(function() for i = 1, 2 do local c <close> = a if i == 2 then break end end return "loop" end)
run(function() for _ in next, {}, nil, a do end return "generic" end)
run(function() while a < b do if a == b then return "while" end end end)
run(function() return not (a == b) and a.x or a.y end)
run(function() return select("#", a(), a.x, a(1)) end)
run(function() local function f(...) return a + ... end return f(1, 2) end)
-- Iterators, pcall, xpcall and their handlers, and a tail call.
run(function() local s = 0 for v in function(_, c) c = (c or 0) + 1 if c < 4 then yield("iter" .. c) return c end end do s = s + v end return s end)
run(function() return select("#", pcall(function() yield("in pcall") error("x") end)) end)
run(function() return select(2, xpcall(function() yield("body") error("x", 0) end, function(m) return m .. "!" end)) end)
run(function() return (function() return yield("tail") end)() end)
run(function() local ok, e = pcall(function() local c <close> = a error("err", 0) end) return e end)
run(function() return select(2, pcall(pcall, function() return yield("nested") end)) end)
-- Where a yield cannot pass.
for _, f in ipairs({ function() table.sort({ 3, 2, 1 }, function() return yield() end) end, function() ("x"):gsub("x", yield) end,
  function() load(function() return yield() end) end }) do
  print(coroutine.resume(coroutine.create(f)))
end
