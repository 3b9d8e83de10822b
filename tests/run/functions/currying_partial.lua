-- Partial application, composition, memoisation over varargs with nils.
local function partial(f, ...)
  local bound = table.pack(...)
  return function(...)
    local args, more = { table.unpack(bound, 1, bound.n) }, table.pack(...)
    for i = 1, more.n do args[bound.n + i] = more[i] end
    return f(table.unpack(args, 1, bound.n + more.n))
  end
end
local function show(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = tostring(t[i]) end
  return t.n .. ":" .. table.concat(t, ",")
end
print(partial(show)(), partial(show, 1)(2), partial(show, nil, 2)(nil), partial(show, 1, nil)(nil, 4))
local function compose(f, ...)
  if not f then return function(...) return ... end end
  local g = compose(...)
  return function(...) return f(g(...)) end
end
print(compose(function(x) return x + 1 end, function(x, y) return x * y end)(3, 4), compose()(1, 2))
local function curry(f, n, ...)
  n = n or 2
  if n <= 1 then return partial(f, ...) end
  local bound = table.pack(...)
  return function(x)
    local args = { table.unpack(bound, 1, bound.n) }
    args[bound.n + 1] = x
    return curry(f, n - 1, table.unpack(args, 1, bound.n + 1))
  end
end
print(curry(function(a, b) return a - b end)(10)(3), curry(function(a, b, c) return a .. b .. c end, 3)("x")("y")("z"))
print(select("#", partial(function() end)()), (partial(math.max, 5)(3, 9)))
