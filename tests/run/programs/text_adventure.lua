-- Objects, closures and string commands interpreted through dispatch tables.
local world = {
  hall = { desc = "a hall", exits = { north = "library", east = "kitchen" }, items = { lamp = true } },
  library = { desc = "a library", exits = { south = "hall" }, items = { book = true, scroll = true } },
  kitchen = { desc = "a kitchen", exits = { west = "hall" }, items = {} },
}
local player = { room = "hall", inv = {} }
local function sorted(t) local r = {} for k in pairs(t) do r[#r + 1] = k end table.sort(r) return r end
local verbs = {}
function verbs.look()
  local r = world[player.room]
  return ("%s; exits: %s; items: %s"):format(r.desc, table.concat(sorted(r.exits), ","), table.concat(sorted(r.items), ","))
end
function verbs.go(dir)
  local to = world[player.room].exits[dir]
  if not to then return "no way " .. tostring(dir) end
  player.room = to
  return verbs.look()
end
function verbs.take(item)
  local items = world[player.room].items
  if not items[item] then return "no " .. tostring(item) .. " here" end
  items[item], player.inv[item] = nil, true
  return "taken " .. item
end
function verbs.drop(item)
  if not player.inv[item] then return "you have no " .. tostring(item) end
  player.inv[item], world[player.room].items[item] = nil, true
  return "dropped " .. item
end
function verbs.inv() return next(player.inv) and table.concat(sorted(player.inv), ",") or "nothing" end
local function command(line)
  local verb, rest = line:match("^(%a+)%s*(%a*)$")
  local f = verbs[verb]
  if not f then return "cannot " .. tostring(verb) end
  return f(rest ~= "" and rest or nil)
end
for _, c in ipairs { "look", "take lamp", "take lamp", "go up", "go north", "take scroll", "inv", "go south", "drop lamp", "look", "go east", "drop sword", "drop scroll", "look", "inv", "dance", "123" } do
  print("> " .. c, command(c))
end
