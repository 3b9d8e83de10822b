-- Breaking out of coroutine iterators and starting new ones; leftover ones are ignored.
local started, finished = 0, 0
local function numbers(n)
  return coroutine.wrap(function()
    started = started + 1
    for i = 1, n do coroutine.yield(i) end
    finished = finished + 1
  end)
end
for i in numbers(5) do if i == 3 then break end end
for i in numbers(3) do end
for i in numbers(4) do
  for j in numbers(i) do
    if j == 2 then break end
  end
end
print(started, finished)
local function pairs_of(t)
  return coroutine.wrap(function()
    for i = 1, #t - 1 do
      for j = i + 1, #t do coroutine.yield(t[i], t[j]) end
    end
  end)
end
for a, b in pairs_of { "x", "y", "z" } do io.write(a, b, " ") end
print()
local function recurse(n) for i in numbers(n) do recurse(i - 1) end end
recurse(4)
print(started, finished)
