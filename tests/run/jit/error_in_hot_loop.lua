-- Errors leave hot code at every kind of site; state before the error must be exact.
local state = {}
local function run(n, bad)
  local s, t = 0, { v = 1 }
  for i = 1, n do state.i, state.s = i, s if i == bad then t = nil end s = s + t.v end
  return s
end
print(run(200), pcall(run, 200, 150)) print(state.i, state.s)
local function arith(n, v)
  local s = 0
  for i = 1, n do state.s = s s = s + (i == 77 and v or i) end
  return s
end
print(pcall(arith, 100, {}), state.s)
print(pcall(arith, 100, "x"), state.s)
print(pcall(arith, 100, nil), state.s) print(pcall(arith, 100, "7"))
local function call(n, f)
  local s = 0
  for i = 1, n do state.n = i s = s + (i == 88 and f or math.abs)(i) end
  return s
end
print(pcall(call, 100, nil), state.n)
print(pcall(call, 100, error), state.n)
print(pcall(call, 100, function(x) return x end))
local function cmp(n, v)
  local c = 0
  for i = 1, n do state.c = c if (i == 66 and v or i) < 50 then c = c + 1 end end
  return c
end
print(pcall(cmp, 100, "s"), state.c) print(pcall(cmp, 100, {}), state.c)
print(pcall(cmp, 100, 0.5))
local function store(n, at)
  local a = {}
  for i = 1, n do state.a = a a[i == at and 0 / 0 or i] = i end
  return #a
end
print(pcall(store, 100, 90), #state.a) print(store(100))
local function deep(n)
  if n == 0 then local x = nil ; return x.y end
  return 1 + deep(n - 1)
end
for i = 1, 3 do print(pcall(deep, 50 * i)) end
local log = 0
local function cleanup(n)
  for i = 1, n do
    local c <close> = setmetatable({}, { __close = function() log = log + 1 end })
    if i == 70 then error("at 70", 0) end
  end
end
print(pcall(cleanup, 100), log)
local function mod(n) local s = 0 for i = 1, n do s = s + n % (i - 60) end return s end
print(pcall(mod, 100))
local function conc(n) local s = "" for i = 1, n do s = s .. (i == 40 and {} or "x") end return s end
print(pcall(conc, 50))
local function bits(n) local s = 0 for i = 1, n do s = s | (i == 45 and 1.5 or i) end return s end
print(pcall(bits, 50)) print(bits(44))
local function forlim(x) local s = 0 for i = 1, x do s = s + i end return s end
for i = 1, 60 do forlim(i) end
print(forlim(10.7), pcall(forlim, "5"), pcall(forlim, {}))
