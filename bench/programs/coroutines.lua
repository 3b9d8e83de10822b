-- Coroutines: generators by wrap, recursive tree walks, chains of filters, symmetric ping-pong by resume, short-lived
-- coroutines created in numbers, yields across pcall.

local yield, wrap = coroutine.yield, coroutine.wrap

local function count_to(limit)
  return wrap(function()
    for i = 1, limit do
      yield(i)
    end
  end)
end

local function keep(source, divisor)
  return wrap(function()
    for value in source do
      if value % divisor ~= 0 then
        yield(value)
      end
    end
  end)
end

local function insert(tree, key)
  if not tree then
    return { key = key }
  end
  if key < tree.key then
    tree.left = insert(tree.left, key)
  else
    tree.right = insert(tree.right, key)
  end
  return tree
end

local function walk(tree)
  if tree then
    walk(tree.left)
    yield(tree.key)
    walk(tree.right)
  end
end

local function same_fringe(a, b)
  local next_a = wrap(function()
    walk(a)
  end)
  local next_b = wrap(function()
    walk(b)
  end)
  local sum = 0
  while true do
    local x, y = next_a(), next_b()
    if x ~= y then
      return nil
    elseif not x then
      return sum
    end
    sum = sum + x
  end
end

local function ping_pong(rounds)
  local function player(factor)
    return coroutine.create(function(ball)
      while true do
        ball = yield((ball * factor + 1) % 10007)
      end
    end)
  end
  local ping, pong = player(3), player(5)
  local ball, ok = 1, nil
  for _ = 1, rounds do
    ok, ball = coroutine.resume(ping, ball)
    assert(ok)
    ok, ball = coroutine.resume(pong, ball)
    assert(ok)
  end
  return ball
end

local function guarded(limit)
  local caught, sum = 0, 0
  local source = wrap(function()
    for i = 1, limit do
      local ok = pcall(function()
        yield(i)
        if i % 3 == 0 then
          error("stop")
        end
        yield(-1)
      end)
      if not ok then
        caught = caught + 1
      end
    end
  end)
  for value in source do
    sum = sum + value
  end
  return sum + caught
end

local function run(n)
  local primes, source = {}, count_to(n)
  source() -- 1 is no prime
  for _ = 1, 25 do
    local prime = source()
    primes[#primes + 1] = prime
    source = keep(source, prime)
  end
  local rest = 0
  for value in source do
    rest = rest + value
  end
  local a, b
  for i = 1, n do
    a = insert(a, i * 7919 % 10007)
    b = insert(b, (n + 1 - i) * 7919 % 10007)
  end
  local born = 0
  for i = 1, n do
    born = born + wrap(function(x)
      return x + 1
    end)(i)
  end
  return ("%d %d %d %d %d %d"):format(primes[25], rest, same_fringe(a, b), ping_pong(n * 4), born, guarded(n))
end

return {
  name = "coroutines",
  n = 9000,
  expected = "97 4672730 45035468 6356 40513500 40501500",
  quick_n = 200,
  quick_expected = "97 3167 1011265 7817 20300 20032",
  run = run,
}
