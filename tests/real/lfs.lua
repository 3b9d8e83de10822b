--- The part of LuaFileSystem that the programs run by `cargo xtask real-programs` need, in plain Lua.
-- Both interpreters load this one, so it may be slow but must be deterministic: directories are listed sorted.

local lfs = { _VERSION = "LuaFileSystem 1.8.0" }

local function quote(path)
  return "'" .. path:gsub("'", "'\\''") .. "'"
end

--- Runs a command and returns what it prints, without the last newline; nil when it fails.
local function capture(command)
  local pipe = assert(io.popen(command .. " 2>/dev/null"))
  local text = pipe:read("a")
  if pipe:close() then
    return (text:gsub("\n$", ""))
  end
  return nil
end

--- "directory" or "file"; nil, a message and its code for what cannot be opened.
local function mode_of(path)
  local file, message, code = io.open(path, "rb")
  if not file then
    return nil, message, code
  end
  local _, _, read_code = file:read(0)
  if not read_code then
    _, _, read_code = file:read(1)
  end
  file:close()
  return read_code == 21 and "directory" or "file"
end

local function attribute(path, name)
  local mode, message, code = mode_of(path)
  if not mode then
    return nil, message, code
  elseif name == "mode" then
    return mode
  elseif name == "size" then
    return tonumber(capture("stat -L -c %s " .. quote(path)))
  elseif name == "modification" or name == "access" or name == "change" then
    local letter = ({ modification = "Y", access = "X", change = "Z" })[name]
    return tonumber(capture("stat -L -c %" .. letter .. " " .. quote(path)))
  end
  error("invalid attribute name '" .. tostring(name) .. "'")
end

function lfs.attributes(path, name)
  if type(name) == "string" then
    return attribute(path, name)
  end
  local result = type(name) == "table" and name or {}
  for _, key in ipairs { "mode", "size", "modification", "access", "change" } do
    local value, message, code = attribute(path, key)
    if value == nil then
      return nil, message, code
    end
    result[key] = value
  end
  return result
end

lfs.symlinkattributes = lfs.attributes

local function next_entry(listing)
  listing.position = listing.position + 1
  return listing[listing.position]
end

function lfs.dir(path)
  local text = capture("LC_ALL=C ls -a " .. quote(path) .. "/")
  if not text then
    error("cannot open " .. path .. ": No such file or directory")
  end
  local listing = { position = 0 }
  for entry in text:gmatch("[^\n]+") do
    listing[#listing + 1] = entry
  end
  return next_entry, listing
end

local function change(command, path)
  if os.execute(command .. " " .. quote(path) .. " 2>/dev/null") then
    return true
  end
  return nil, command .. " failed", 1
end

function lfs.mkdir(path)
  return change("mkdir", path)
end

function lfs.rmdir(path)
  return change("rmdir", path)
end

function lfs.currentdir()
  return capture("pwd")
end

function lfs.chdir(path)
  return nil, "cannot change to " .. path, 95
end

return lfs
