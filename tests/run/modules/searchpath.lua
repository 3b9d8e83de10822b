-- package.searchpath: templates, separators, replacements, and the list of what was tried.
local dir = os.tmpname()
os.remove(dir)
assert(os.execute("mkdir -p " .. dir .. "/a/b"))
local function put(name) local f = assert(io.open(dir .. "/" .. name, "w")) f:write("return 1") f:close() end
put "x.lua" put "a/y.lua" put "a/b/z.txt" put "a-b.lua" put "init.lua"
local function clean(s) return s and (tostring(s):gsub(dir, "DIR", 20)) end
local function find(...) local f, e = package.searchpath(...) print(clean(f), clean(e)) end
find("x", dir .. "/?.lua")
find("a.y", dir .. "/?.lua")
find("a.b.z", dir .. "/?.lua;" .. dir .. "/?.txt")
find("none", dir .. "/?.lua;" .. dir .. "/?/init.lua")
find("init", dir .. "/sub/?.lua;" .. dir .. "/?.lua")
find("a.b", dir .. "/?.lua", ".", "-")
find("a:y", dir .. "/?.lua", ":")
find("a.y", dir .. "/?.lua", "")
find("a_y", dir .. "/?.lua", "_", "/")
find("x", "")
find("x", ";;")
find("x", "nothing")
find("x", dir .. "/x.lua")
find("x", dir .. "/?/?.lua;" .. dir .. "/?.lua")
find("", dir .. "/?.lua")
find("a.b.c.d", "./?.none;?/?")
print(pcall(package.searchpath, "x")) print(pcall(package.searchpath, "x", "?", 1, {}))

-- package.config, and what require does with package.path that is wrong.
local lines = {}
for line in package.config:gmatch("[^\n]+") do lines[#lines + 1] = line end
print(#lines, table.concat(lines, " "))
local path, cpath = package.path, package.cpath
package.path, package.cpath = dir .. "/?.lua", ""
print(clean((select(2, require "a.y"))))
package.path = 5
print(clean(select(2, pcall(require, "b.y"))))
package.path = nil
print(pcall(require, "c.y"))
package.path, package.cpath = path, nil
print((select(2, pcall(require, "no.such.module.here"))):match("[^\n]*$"))
package.cpath = cpath
os.execute("rm -r " .. dir)
