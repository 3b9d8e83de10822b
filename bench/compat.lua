-- What the benchmark programs need from a dialect of Lua (PUC 5.4, LuaJIT, Luau) and cannot write portably.
-- Loaded once by run.lua and handed to each program as its only argument (`local compat = ...`).
--
-- compat.dialect   "lua54", "luajit" or "luau"
-- compat.unpack    table.unpack under whatever name the dialect has
-- compat.random    deterministic pseudo-random generator, equal in all dialects
-- compat.compile   compiles a text whose integer operators are written as calls, see below
--
-- Operators cannot be chosen at run time without paying for a call that no real program would pay for. So a program
-- that needs them is given as a text in which they look like functions, and each dialect gets its own spelling:
--
--   idiv(a, b)            floor division of integers
--   band bor bxor (a, ..) bitwise operations on 32-bit words
--   bnot(a)               complement of a 32-bit word
--   shl(a, n) shr(a, n)   logical shifts of a 32-bit word, 0 <= n < 32
--   rol(a, n)             rotation to the left of a 32-bit word; `a` must be a name, as it may be evaluated twice
--   add32(a, b, ...)      sum modulo 2^32
--
-- Words are kept as the dialect likes them (LuaJIT: signed, others: unsigned); `x % 4294967296` makes them equal.

local compat = {}

local load_text = loadstring or load

compat.unpack = table.unpack or unpack

if load_text("return 7 // 2 | 1") then
  compat.dialect = "lua54"
elseif load_text("return 7 // 2") then
  compat.dialect = "luau"
else
  compat.dialect = "luajit"
end

-- Lehmer's generator modulo 2^31 - 1: products stay below 2^53, so doubles and integers agree.
-- The function returned yields integers from 0 to limit - 1.
function compat.random(seed)
  local state = seed
  return function(limit)
    state = state * 48271 % 2147483647
    return state % limit
  end
end

-- Each speller takes the list of operand texts and returns the text of the operation.

local function infix(operator)
  return function(operands)
    return "(" .. table.concat(operands, operator) .. ")"
  end
end

local function call(name)
  return function(operands)
    return name .. "(" .. table.concat(operands, ", ") .. ")"
  end
end

local function template(text)
  return function(operands)
    return (text:gsub("%$(%d)", function(index)
      return operands[tonumber(index)]
    end))
  end
end

local function wrapped_sum(before, after)
  return function(operands)
    return before .. table.concat(operands, " + ") .. after
  end
end

local spellers, prelude

if compat.dialect == "lua54" then
  prelude = ""
  spellers = {
    idiv = infix(" // "),
    band = infix(" & "),
    bor = infix(" | "),
    bxor = infix(" ~ "),
    bnot = template("(~$1 & 0xffffffff)"),
    shl = template("($1 << $2 & 0xffffffff)"),
    shr = template("($1 >> $2)"),
    rol = template("(($1 << $2 | $1 >> (32 - $2)) & 0xffffffff)"),
    add32 = wrapped_sum("(", " & 0xffffffff)"),
  }
elseif compat.dialect == "luajit" then
  prelude = "local bit_band, bit_bor, bit_bxor, bit_bnot, bit_shl, bit_shr, bit_rol, tobit, floor = "
    .. "bit.band, bit.bor, bit.bxor, bit.bnot, bit.lshift, bit.rshift, bit.rol, bit.tobit, math.floor "
  spellers = {
    idiv = template("floor(($1) / ($2))"),
    band = call("bit_band"),
    bor = call("bit_bor"),
    bxor = call("bit_bxor"),
    bnot = call("bit_bnot"),
    shl = call("bit_shl"),
    shr = call("bit_shr"),
    rol = call("bit_rol"),
    add32 = wrapped_sum("tobit(", ")"),
  }
else
  prelude = ""
  spellers = {
    idiv = infix(" // "),
    band = call("bit32.band"),
    bor = call("bit32.bor"),
    bxor = call("bit32.bxor"),
    bnot = call("bit32.bnot"),
    shl = call("bit32.lshift"),
    shr = call("bit32.rshift"),
    rol = call("bit32.lrotate"),
    add32 = wrapped_sum("bit32.band(", ", 0xffffffff)"),
  }
end

-- Splits the text between the parentheses of a call at its outermost commas.
local function split_operands(text)
  local operands, depth, start = {}, 0, 1
  for position = 1, #text do
    local char = text:sub(position, position)
    if char == "(" or char == "{" or char == "[" then
      depth = depth + 1
    elseif char == ")" or char == "}" or char == "]" then
      depth = depth - 1
    elseif char == "," and depth == 0 then
      operands[#operands + 1] = text:sub(start, position - 1)
      start = position + 1
    end
  end
  operands[#operands + 1] = text:sub(start)
  return operands
end

-- An infix operator binds its operands by parentheses of their own unless they are plain names, numbers or fields.
local function closed(text)
  text = text:match("^%s*(.-)%s*$")
  if text:find("^[%w_.]+$") or text:find("^[%w_.]*%b()$") or text:find("^[%w_.]*%b[]$") then
    return text
  end
  return "(" .. text .. ")"
end

local function expand(text)
  return (text:gsub("([%a_][%w_]*)(%b())", function(name, group)
    local inside = expand(group:sub(2, -2))
    local spell = spellers[name]
    if not spell then
      return name .. "(" .. inside .. ")"
    end
    local operands = split_operands(inside)
    for index, operand in ipairs(operands) do
      operands[index] = closed(operand)
    end
    return spell(operands)
  end))
end

-- Compiles `text` and runs it with the remaining arguments; returns what it returns.
function compat.compile(name, text, ...)
  local chunk = assert(load_text(prelude .. expand(text), "=" .. name))
  return chunk(...)
end

return compat
