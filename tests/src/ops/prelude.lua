local plain, func = {}, function() end
local withmeta = setmetatable({}, {
  EVENT = function(a, b) return "meta " .. type(a) .. " " .. type(b) end,
})

local function show(v)
  if v == withmeta then return "withmeta" elseif v == plain then return "plain" elseif v == func then return "func" end
  if math.type(v) == "float" then return v ~= v and "nan" or ("%.17g"):format(v):gsub("^-?%d+$", "%0.0") .. "" end
  return type(v) == "string" and ("%q"):format(v) or tostring(v)
end

local function warmed(f, ...)
  for _ = 1, 200 do pcall(f, ...) end
  return f
end

local messages, known = {}, {}
local function result(f, ...)
  local ok, v = pcall(f, ...)
  if ok then return show(v) end
  v = v:gsub("^[^:]+:%d+: ", ""):gsub(" %(%a+ '[^']*'%)", "")
  if not known[v] then
    messages[#messages + 1] = v
    known[v] = "E" .. #messages
  end
  return known[v]
end

