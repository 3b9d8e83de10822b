-- Every way to store a reference into an object that has survived collections, then collections of what is young.
-- A few big objects make a collection due as many small ones do, also where one is made at each allocation.
local function churn()
  for i = 1, 8 do
    local big = ("x"):rep(2 ^ 19) .. i
    for k = 1, 5 do local t = { k, tostring(k) } end
  end
  collectgarbage("step")
end
local function settle() collectgarbage() collectgarbage() end
for _, mode in ipairs { "generational", "incremental" } do
  collectgarbage(mode)
  local fields, grown, list, long, dict = { a = {} }, {}, { {}, {} }, {}, {}
  for i = 1, 600 do long[i] = { i } dict["k" .. i] = { i } end
  local cell = {}
  local function set(v) cell = v end
  local function get() return cell end
  local meta = {}
  local object = setmetatable({}, meta)
  local co = coroutine.create(function(v) while true do v = { coroutine.yield(v) } end end)
  coroutine.resume(co, 0)
  local weak = setmetatable({}, { __mode = "k" })
  settle()
  churn()
  fields.a = { "field" }
  for i = 1, 40 do grown["g" .. i] = { i } end
  list[1] = { "element" }
  list[#list + 1] = { "appended" }
  for i = 1, 600, 7 do long[i] = { -i } dict["k" .. i] = { -i } end
  for i = 601, 800 do long[i] = { i } end
  table.insert(long, 1, { "first" })
  set({ "upvalue" })
  meta.__index = { inherited = { "inherited" } }
  coroutine.resume(co, { "kept by a coroutine" })
  rawset(fields, "raw", { "raw" })
  rawset(dict, 2 ^ 60, { "float key" })
  dict[{}] = { "no key" }
  weak[fields] = { "ephemeron" }
  local moved = table.move({ { "m1" }, { "m2" } }, 1, 2, 1, {})
  settle = churn
  settle()
  settle()
  local sum = 0
  for i = 1, 40 do sum = sum + grown["g" .. i][1] end
  print(mode, fields.a[1], sum, list[1][1], list[3][1], get()[1], object.inherited[1], fields.raw[1], moved[2][1])
  sum = 0
  for i = 1, #long do sum = sum + (tonumber(long[i][1]) or 0) end
  print(#long, long[1][1], long[2][1], sum)
  sum = 0
  for i = 1, 600 do sum = sum + dict["k" .. i][1] end
  print(sum, dict[2 ^ 60][1], weak[fields][1])
  print(select(2, coroutine.resume(co, 1))[1])
end
