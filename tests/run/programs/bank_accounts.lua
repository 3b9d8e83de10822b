-- Classes with private state in closures, error objects and transactions that roll back.
local InsufficientFunds = setmetatable({}, { __tostring = function() return "InsufficientFunds" end })
local function account(owner, balance)
  local history = {}
  local self = {}
  local function note(kind, n) history[#history + 1] = kind .. n end
  function self.deposit(n)
    if math.type(n) ~= "integer" or n <= 0 then error("invalid amount " .. tostring(n), 2) end
    balance = balance + n
    note("+", n)
  end
  function self.withdraw(n)
    if n > balance then error({ class = InsufficientFunds, owner = owner, missing = n - balance }) end
    balance = balance - n
    note("-", n)
  end
  function self.balance() return balance end
  function self.history() return table.concat(history, " ") end
  function self.snapshot()
    local b, n = balance, #history
    return function() balance = b for i = #history, n + 1, -1 do history[i] = nil end end
  end
  return self
end
local function transaction(accounts, f)
  local undo = {}
  for i, a in ipairs(accounts) do undo[i] = a.snapshot() end
  local r = table.pack(pcall(f))
  if not r[1] then for _, u in ipairs(undo) do u() end end
  return table.unpack(r, 1, r.n)
end
local ann, bob = account("ann", 100), account("bob", 50)
print(transaction({ ann, bob }, function() ann.withdraw(30) bob.deposit(30) return "ok" end))
local ok, e = transaction({ ann, bob }, function() bob.deposit(500) ann.withdraw(500) end)
print(ok, e.class == InsufficientFunds, tostring(e.class), e.owner, e.missing)
print(transaction({ ann }, function() ann.deposit(-5) end))
print(transaction({ ann }, function() ann.deposit(1.5) end))
print(ann.balance(), bob.balance(), ann.history(), bob.history())
