-- Errors raised in small functions called by hot loops: positions, levels, values, and what was done before.
local done = 0
local function check(i, bad) if i == bad then error("bad " .. i, 1) end return i end
local function check2(i, bad) if i == bad then error("bad " .. i, 2) end return i end
local function check3(i, bad) if i == bad then error("bad " .. i, 3) end return i end
local function outer(f, i, bad) local r = f(i, bad) return r end
local function loop(f, n, bad)
  for i = 1, n do
    outer(f, i, bad)
    done = i
  end
  return "complete"
end
for _, f in ipairs({ check, check2, check3 }) do
  print(loop(f, 400, 0), pcall(loop, f, 400, 333)) print(done)
end

-- The error value is not a string: identity and fields survive.
local token = setmetatable({ code = 7 }, { __tostring = function(t) return "token " .. t.code end })
local function throw(i) if i == 350 then error(token) end return i end
local ok, e = pcall(function() local s = 0 for i = 1, 500 do s = s + throw(i) end return s end)
print(ok, e == token, tostring(e))
for _, v in ipairs({ 1, 2.5, true, "plain" }) do
  print(pcall(function() for i = 1, 300 do if i == 299 then error(v, 0) end end end))
end
print(pcall(function() for i = 1, 300 do if i == 299 then error() end end end))

-- Errors of operations rather than of calls, two levels down.
local function field(o) return o.x.y end
local function read(o) return field(o) + 1 end
local function sum(list) local s = 0 for i = 1, #list do s = s + read(list[i]) end return s end
local list = {}
for i = 1, 300 do list[i] = { x = { y = i } } end
print(sum(list))
list[200] = { x = { y = "ten" } } print(pcall(sum, list))
list[200] = { x = { y = {} } } print(pcall(sum, list))
list[200] = { x = 5 } print(pcall(sum, list))
list[200] = { x = nil } print(pcall(sum, list))
list[200] = 17 print(pcall(sum, list))
list[200] = { x = { y = 200 } } print(pcall(sum, list))

-- assert and error through several hot levels; partial effects on a table stay.
local effects = {}
local function note(i) effects[#effects + 1] = i assert(i < 290, "limit") return true end
local function both(i) return note(i) and note(i + 0.5) end
print(pcall(function() for i = 1, 400 do both(i) end end))
print(#effects, effects[#effects])

-- An error within the handler of an error of inlined code.
print(xpcall(function() for i = 1, 300 do check(i, 280) end end, function(m) return m:gsub("bad", "handled") end))
print(xpcall(function() for i = 1, 300 do check(i, 280) end end, function(m) return m.x.y end))
