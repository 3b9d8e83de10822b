-- Thousands of arguments and results through calls.
local function count(...) return select("#", ...) end
local big = {}
for i = 1, 5000 do big[i] = i end
print(count(table.unpack(big)))
print(select(5000, table.unpack(big)))
local function last(...) return (select(-1, ...)) end
print(last(table.unpack(big)))
local t = { table.unpack(big) }
print(#t, t[1], t[5000])
local function add(...) local s = 0 for _, v in ipairs { ... } do s = s + v end return s end
print(add(table.unpack(big)))
local p = table.pack(table.unpack(big, 100, 4000))
print(p.n, p[1], p[p.n])
print(#table.concat({ table.unpack(big) }, ","))
print(math.max(table.unpack(big)), math.min(table.unpack(big)))
print(#string.char(table.unpack((function() local c = {} for i = 1, 3000 do c[i] = i % 256 end return c end)())))
local function rec(n, ...) if n == 0 then return count(...) end return rec(n - 1, n, ...) end
print(rec(150))
local co = coroutine.wrap(function(...) local n = count(...) local m = count(coroutine.yield(n)) return m, ... end)
print(co(table.unpack(big)))
print(count(co(table.unpack(big, 1, 77))))
print(pcall(table.unpack, {}, 1, 1e8))
print(pcall(string.rep))
