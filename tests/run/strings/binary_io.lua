-- Strings with every byte survive tables, concatenation, patterns and files.
local bytes = {}
for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
local all = table.concat(bytes)
print(#all, all:byte(1), all:byte(128), all:byte(256))
local name = os.tmpname()
local f = assert(io.open(name, "wb"))
f:write(all, all:reverse())
f:close()
f = assert(io.open(name, "rb"))
local back = f:read("a")
f:close()
os.remove(name)
print(#back, back:sub(1, 256) == all, back:sub(257) == all:reverse())
print(all:find("\0", 1, true), all:find("\255", 1, true), select(2, all:gsub("%c", "")), select(2, all:gsub("[\128-\255]", "")))
local t = { [all] = "key", [all .. "\0"] = "other" }
print(t[table.concat(bytes)], t[all .. "\0"])
print(all == all:sub(1), all < all .. "\0", all:upper():lower() == all:lower())
print(#(all .. all), (all .. all):find(all, 2, true))
print(load("return " .. ("%q"):format(all))() == all)
