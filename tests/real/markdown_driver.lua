-- markdown.lua, written for Lua 5.1, on the documents named on the command line (compressed or not).
unpack = table.unpack
local globals = _G
function setfenv() return globals end
function getfenv() return globals end

local converter = assert(require("markdown"))
local convert = type(converter) == "function" and converter or markdown

local function read(path)
  if path:match("%.gz$") then
    local pipe = assert(io.popen("gzip -dc '" .. path .. "'"))
    local text = pipe:read("a")
    assert(pipe:close())
    return text
  end
  local file <close> = assert(io.open(path))
  return file:read("a")
end

for _, path in ipairs(arg) do
  print("== " .. path)
  print(convert(read(path)))
end
