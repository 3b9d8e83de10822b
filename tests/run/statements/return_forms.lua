-- return in every position and with every number of values.
local function none() return end
local function semi() return; end
local function one() return 1 end
local function many() return 1, 2, 3 end
local function paren() return (many()) end
local function tail() return many() end
local function mixed() return many(), many() end
local function inblock() do return "in block" end end
local function inloop() for i = 1, 10 do if i == 4 then return i end end return "never" end
local function inrepeat() local i = 0 repeat i = i + 1 if i > 3 then return i end until false end
local function inif(x) if x then return "yes" else return "no" end end
print(select("#", none()), select("#", semi()), one(), many())
print(paren()) print(tail()) print(mixed())
print(inblock(), inloop(), inrepeat(), inif(1), inif())
print((many()), #{ many() })
