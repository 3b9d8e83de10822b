-- ipairs in hot code: holes, growth and shrinking meanwhile, metamethods, other iterators at the same place.
local function sum(list) local s, n = 0, 0 for i, v in ipairs(list) do s = s + v n = i end return s, n end
local numbers = {}
for i = 1, 50 do numbers[i] = i end
for _ = 1, 50 do sum(numbers) end
print(sum(numbers), sum({}), sum({ 1, 2, nil, 4 }))
print(sum(setmetatable({ 1, 2 }, { __index = function(_, i) if i < 6 then return i * 10 end end })))
print(sum({ [1] = 5, [2] = 6, [4] = 7 }))
local mixed = { 1, 2.5, 3 }
for _ = 1, 50 do sum(mixed) end
print(sum(mixed))
print(pcall(sum, { 1, "x", {} }))
local function grow(list) local n = 0 for i, v in ipairs(list) do if i < 30 then list[#list + 1] = v end n = n + 1 end return n end
for _ = 1, 40 do grow({ 1 }) end
print(grow({ 1 }), grow({ 1, 2, 3 }))
local function shrink(list) local n = 0 for i in ipairs(list) do list[#list] = nil n = n + 1 end return n end
for _ = 1, 40 do shrink({ 1, 2, 3, 4, 5, 6 }) end
print(shrink({ 1, 2, 3, 4, 5, 6, 7 }))
local function find(list, what) for i, v in ipairs(list) do if v == what then return i, v end end return nil end
for i = 1, 200 do find(numbers, i % 60) end
print(find(numbers, 7), find(numbers, 99))
local function each(iterator, state, control) local n = 0 for a, b in iterator, state, control do n = n + 1 end return n end
for _ = 1, 60 do each(ipairs(numbers)) end
print(each(ipairs(numbers)), each(pairs({ x = 1, y = 2 })), each(next, { 1, 2, 3 }), each(string.gmatch("a b c", "%a")))
print(each(ipairs({ 1, 2 })), each(function(_, i) if i < 4 then return i + 1 end end, nil, 0))
local closures = {}
for i, v in ipairs(numbers) do closures[i] = function() v = v + 1 return i + v end end
print(closures[1](), closures[1](), closures[50]())
local function closing(list)
  local log = 0
  for i, v in ipairs(list) do
    local _ <close> = setmetatable({}, { __close = function() log = log + i end })
    if i == 3 then return log, v end
  end
  return log
end
for _ = 1, 60 do closing(numbers) end
print(closing(numbers), closing({ 1 }))
