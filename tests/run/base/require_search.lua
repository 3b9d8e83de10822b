-- require: path search, package.loaded, preload, searchers, errors.
local dir = os.tmpname() os.remove(dir) assert(os.execute("mkdir " .. dir .. " " .. dir .. "/sub " .. dir .. "/pk"))
local function put(n, s) local f = assert(io.open(dir .. "/" .. n, "w")) f:write(s) f:close() end
local function clean(s) return (tostring(s):gsub(dir:gsub("%p", "%%%0"), "DIR")) end
package.path = dir .. "/?.lua;" .. dir .. "/?/init.lua" package.cpath = dir .. "/?.so"
put("mod.lua", "loads = (loads or 0) + 1 return { name = ..., file = select(2, ...) }")
put("sub/inner.lua", "return 'inner:' .. ...")
put("pk/init.lua", "return 'package ' .. ...")
put("nothing.lua", "x = 1")
put("falsy.lua", "return false")
put("bad.lua", "x y")
put("err.lua", "error('while loading')")
put("errobj.lua", "error({})")
put("setsloaded.lua", "package.loaded[...] = 'set by itself'")
local m, where = require "mod"
print(m.name, clean(m.file), clean(where))
print(require "mod" == m, loads, select("#", require "mod"))
package.loaded.mod = nil
print(require "mod" == m, loads)
local function show(n) local v, w = require(n) print(v, clean(w), package.loaded[n]) end
show "sub.inner" show "pk" show "nothing" show "falsy" show "setsloaded"
print(clean(select(2, pcall(require, "bad"))))
print(clean(select(2, pcall(require, "err"))))
print(type(select(2, pcall(require, "errobj"))))
print(clean(select(2, pcall(require, "not.there"))))
print(package.loaded.err)
package.preload.pre = function(...) print("preload", ...) return "preloaded" end
print(require "pre") print(require "pre")
package.loaded.direct = "already"
print(require "direct")
table.insert(package.searchers, 2, function(n)
  if n:match "^virtual" then return function(...) return table.concat({ ... }, "|") end, "extra" end
  return "\n\tno virtual '" .. n .. "'"
end)
print(require "virtual.x")
print(clean(select(2, pcall(require, "zzz"))))
table.remove(package.searchers, 2)
local s = package.searchers
package.searchers = nil
print(pcall(require, "q"))
package.searchers = s
local p = package.path
package.path = nil
print(pcall(require, "q2"))
package.path = p
print(clean(package.searchpath("mod", package.path)), clean(select(2, package.searchpath("a.b", "DIR/?.x;DIR/?.y"))), clean(package.searchpath("sub.inner", package.path)), package.searchpath("a-b", "?-?", "-", "+"))
print(pcall(require)) print(pcall(require, {}))
print(pcall(package.searchpath, "x"))
print(package.config)
print(type(package.loadlib), #package.searchers, package.loaded._G == _G, package.loaded.string == string, package.preload.pre ~= nil)
os.execute("rm -r " .. dir)
