-- Moses: the functional library over arrays, with its lazy and composed functions.
local M = require("moses")
local harness = require("harness")
local report = harness.report

local random = harness.random(17)
local numbers = M.map(M.range(1, 400), function() return random(1000) end)
local words = M.map(M.range(1, 100), function(i) return ("w%d"):format((i * 37) % 23) end)

report("sort", M.sort(numbers, function(a, b) return a < b end))
report("filter", M.filter(numbers, function(v) return v % 7 == 0 end))
report("reduce", M.reduce(numbers, function(a, b) return a + b end))
report("reductions", M.mapReduce(M.first(numbers, 10), function(a, b) return a + b end))
report("unique", M.unique(words))
report("countBy", M.countBy(numbers, function(v) return v % 10 end))
report("groupBy", M.groupBy(M.first(numbers, 40), function(v) return v % 3 end))
report("partition", M.tabulate(M.partition(M.first(numbers, 20), 6, 0)))
report("sliding", M.tabulate(M.sliding(M.first(numbers, 9), 3, -1)))
report("zip", M.zip({ 1, 2, 3 }, { "a", "b", "c" }, { true, false, true }))
report("permutation", M.tabulate(M.permutation { "a", "b", "c", "d" }))
report("powerset", M.powerset { 1, 2, 3, 4 })
report("flatten", M.flatten({ 1, { 2, { 3, { 4, { 5 } } } } }))
report("chunk", M.chunk(M.range(1, 20), function(v) return v // 6 end))
report("difference", M.difference({ 1, 2, 3, 4, 5 }, { 2, 4 }), M.union({ 1, 2 }, { 2, 3 }), M.intersection({ 1, 2, 3 }, { 2, 3, 4 }))
report("interleave", M.interleave({ 1, 2, 3 }, { "x", "y", "z" }), M.interpose({ 1, 2, 3 }, 0))
report("shuffle size", M.size(M.shuffle(numbers, 5)), M.isEqual(M.clone(numbers), numbers))
report("compose", M.compose(function(x) return x + 1 end, function(x) return x * 2 end)(10))
report("pipe", M.pipe(3, function(x) return x + 1 end, function(x) return x * x end))
report("curry", M.curry(function(a, b, c) return a .. b .. c end, 3)(1)(2)(3))
report("partial", M.partial(function(...) return M.concat({ ... }, "-") end, 1, "_", 3)(2))
report("chain", M.chain(numbers):filter(function(v) return v > 500 end):map(function(v) return v // 3 end):first(12):value())
report("template", M.template({}, { a = 1, b = { 2 } }), M.defaults({ a = 1 }, { a = 2, b = 3 }))
report("memoize", M.memoize(function(n) return n ^ 2 end)(12), M.vector(3, 4), M.mean(numbers), M.median(numbers))
harness.try("error", M.map, nil, function() end)
harness.try("range", M.range, 1, 10, 0)
for name, value in pairs(M.import({})) do
  assert(M[name] == value)
end
local sum = 0
for round = 1, 60 do
  local list = M.map(numbers, function(v, k) return (v * round + (k or 0)) % 997 end)
  list = M.sort(list)
  sum = sum + M.sum(M.unique(list)) + #M.select(list, function(v) return v % 2 == 0 end)
  local groups = M.groupBy(list, function(v) return v % 13 end)
  sum = sum + M.sum(M.map(M.range(0, 12), function(k) return #(groups[k] or {}) end))
  sum = sum + #M.flatten(M.zip(list, numbers)) + (M.detect(list, 500) or 0)
end
print(sum)
