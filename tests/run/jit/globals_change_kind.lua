-- A global that a hot loop calls or reads becomes another kind of value.
function work(x) return x + 1 end
local function loop(n, events)
  local s = 0
  for i = 1, n do
    local e = events[i]
    if e then e() end
    s = s + work(i)
  end
  return s
end
local lua_work = work
local function restore() work = lua_work end
print(loop(500, {})) print(loop(500, { [250] = function() work = math.abs end })) restore()
print(loop(500, { [250] = function() work = setmetatable({}, { __call = function(_, x) return x * 2 end }) end }))
restore()
local function negator() return coroutine.wrap(function(x) while true do x = coroutine.yield(-x) end end) end
print(loop(500, { [250] = function() work = negator() end }))
restore()
print(pcall(loop, 500, { [250] = function() work = nil end })) restore()
print(pcall(loop, 500, { [250] = function() work = "string" end })) restore()
print(loop(500, { [250] = function() work = nil end, [251] = restore, [249] = function()
  setmetatable(_G, { __index = function(_, k) return k == "work" and function() return 0 end or nil end })
end }))
setmetatable(_G, nil)

-- A counter in a global changes its type; a global table changes its identity and its shape.
level = 1
local function weigh(n)
  local s = 0
  for i = 1, n do
    s = s + level
    if i == 100 then level = 1.5 elseif i == 200 then level = "2" elseif i == 300 then level = 1 << 50 end
  end
  return s
end
print(weigh(400)) level = 1 print(weigh(99), level)
config = { scale = 1 }
local function scaled(n)
  local s = 0
  for i = 1, n do
    s = s + config.scale
    if i == 100 then config = { offset = 0, scale = 10 }
    elseif i == 200 then config.scale = nil setmetatable(config, { __index = { scale = 100 } })
    elseif i == 300 then config = { scale = 0.5 }
    end
  end
  return s
end
print(scaled(400))

-- Many globals come into being while the loop runs; an existing one is found all the same.
anchor = 1
local s = 0
for i = 1, 300 do
  _G["fresh" .. i] = i
  anchor = anchor + 1
  s = s + anchor + _G["fresh" .. (i + 1) // 2]
end
print(s, anchor, fresh300)
for i = 1, 300 do _G["fresh" .. i] = nil anchor = anchor - 1 end
print(anchor, fresh1, fresh300)

-- Strict mode switched on mid-loop: the missing global becomes an error.
local missing = 0
print(pcall(function()
  for i = 1, 400 do
    if undefined_name == nil then missing = i end
    if i == 222 then setmetatable(_G, { __index = function(_, k) error("undeclared " .. k, 2) end }) end
  end
end))
setmetatable(_G, nil)
print(missing)
