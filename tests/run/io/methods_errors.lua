-- Calls with wrong receivers and arguments on file handles.
print(pcall(io.stdout.write)) print(pcall(io.stdout.write, 5)) print(pcall(io.stdout.write, {}, "x"))
print(pcall(function() return io.stdout.nosuch end)) print(pcall(function() return io.stdout.x.y end)) print(pcall(function() io.stdout.x = 1 end))
print(pcall(function() return io.stdout + 1 end)) print(pcall(function() return #io.stdout end)) print(pcall(function() return io.stdout() end)) print(pcall(function() return io.stdout < io.stderr end)) print(pcall(function() return io.stdout .. "x" end))
print(pcall(function() io.stdout:seek(1, 2, 3) end)) print(pcall(function() io.stdout:write({}) end)) print(pcall(function() io.stdout:read("z") end)) print(pcall(function() io.lines(1, 2, {}) end))
local mt = getmetatable(io.stdout) print(mt.__name, mt.__index.write == io.stdout.write, mt.__gc ~= nil, mt.__close ~= nil) print(pcall(mt.__gc)) print(pcall(mt.__tostring)) print(pcall(mt.__tostring, {}))
local keys = {} for k in pairs(mt.__index) do keys[#keys + 1] = k end table.sort(keys) print(table.concat(keys, " "))
keys = {} for k in pairs(io) do keys[#keys + 1] = k end table.sort(keys) print(table.concat(keys, " "))
do local f <close> = io.tmpfile() f:write("temp") f:seek("set") print(f:read("a"), io.type(f)) keep = f end print(io.type(keep)) keep = nil
print(pcall(io.tmpfile().close, nil)) local f = io.tmpfile() print(f:close(), pcall(f.close, f))
local name = os.tmpname() f = io.open(name, "w") f:write("a") f = nil collectgarbage() collectgarbage() print(io.open(name):read("a")) os.remove(name)
