-- Method definitions and calls, self, inheritance by hand.
local Account = {}
Account.__index = Account
function Account.new(b) return setmetatable({ balance = b }, Account) end
function Account:deposit(n) self.balance = self.balance + n return self end
function Account:get() return self.balance end
local Special = setmetatable({}, { __index = Account })
Special.__index = Special
function Special.new(b, limit) local o = Account.new(b) o.limit = limit return setmetatable(o, Special) end
function Special:withdraw(n)
  if n > self.balance + self.limit then error("insufficient funds", 2) end
  self.balance = self.balance - n
end
local a, s = Account.new(10), Special.new(100, 50)
print(a:deposit(5):get(), s:deposit(1):get())
s:withdraw(140)
print(s:get(), pcall(s.withdraw, s, 100))
print(pcall(function() a:withdraw(1) end))
print(a.get(a), Account.get(s), a["get"](a))
local t = { a = { b = { c = {} } } }
function t.a.b.c.f(x) return x end
function t.a.b.c:m(x) return self == t.a.b.c, x end
print(t.a.b.c.f(1), t.a.b.c:m(2))
print(("abc"):upper(), ("%d"):format(5), #("x"):rep(10))
local name = "dyn"
t[name] = function(self, v) return v end
print(t[name](t, 9), t:dyn(10))
