-- Objects recycled through a free list keep no stale fields.
local pool, live, made = {}, {}, 0
local function acquire(kind)
  local o = table.remove(pool)
  if not o then o = {} made = made + 1 end
  o.kind = kind
  return o
end
local function release(o)
  for k in pairs(o) do o[k] = nil end
  pool[#pool + 1] = o
end
for step = 1, 300 do
  if step % 3 == 0 and #live > 0 then
    release(table.remove(live, 1))
  else
    local o = acquire(step % 2 == 0 and "even" or "odd")
    if o.extra then print "stale" end
    if step % 5 == 0 then o.extra = step end
    if step % 7 == 0 then o[1], o[2] = step, step end
    live[#live + 1] = o
  end
end
local evens, extras, arr = 0, 0, 0
for _, o in ipairs(live) do
  if o.kind == "even" then evens = evens + 1 end
  extras = extras + (o.extra or 0)
  arr = arr + #o
end
print(made, #live, #pool, evens, extras, arr)
