-- A store that was done is not done again when compiled code leaves right after it: the second one would meet other fields,
-- and call a metamethod that the first did not.
local calls = 0
local meta = {
  __newindex = function(table, key, value)
    calls = calls + 1
    rawset(table, key, value)
  end,
}

local function set(table, key, value)
  table[key] = value
end

for i = 1, 200 do
  local table = setmetatable({}, meta)
  set(table, "a", i)
  set(table, i, i)
end
print(calls)

calls = 0
for _ = 1, 20 do
  local table = setmetatable({}, meta)
  set(table, "q", false)
  set(table, "q", nil)
end
print(calls)

calls = 0
for i = 1, 20 do
  local table = setmetatable({}, meta)
  set(table, i, true)
  set(table, i, nil)
  set(table, i, nil)
end
print(calls)
