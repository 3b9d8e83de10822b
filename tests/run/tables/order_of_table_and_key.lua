-- A table in an upvalue is read after its key was evaluated; one in a local variable too; others before it.
local list = { 1, 2, 3 }
local function renew(key) list = { "new", "newer", "newest" } return key end

local function read() return list[renew(2)] end
print(read())

list = { 1, 2, 3 }
local function write() list[renew(1)] = "written" return list end
print(table.concat(write(), " "))

list = { 1, 2, 3 }
local function compared(a, b) return list[renew(a) < b] end
print(compared(1, 2))
list = { [true] = "yes", [false] = "no" }
local function chosen(a, b) return list[a < b], list[not a], list[a and b == 2], list[a == 1 or b] end
print(chosen(1, 2))
print(chosen(3, 2))

list = { 1, 2, 3 }
local function nested() return list[list[list[renew(2) - 1] == 1 and 2 or 3] == "newest" and 1 or 3] end
print(nested())

list = { { 1 }, { 2 } }
local function several()
  list[1][1], list[renew(2)] = "a", "b"
  return list[1], list[2]
end
print(several())

list = { n = 1 }
local function added() list[#list + 1] = renew(5) return #list, list[1] end
print(added())

local function here()
  local own = { 1, 2, 3 }
  local function other() own = { 7, 8, 9 } return 2 end
  return own[other()]
end
print(here())
print(({ 1, 2, 3 })[renew(3)])
print(pcall(function() return list[renew(nil)][1] end))
