-- A tokenizer, a Pratt parser and an evaluator for arithmetic.
local function lex(s)
  local toks, i = {}, 1
  while i <= #s do
    local ws, num, op = s:match("^%s+", i), s:match("^%d+%.?%d*", i), s:match("^[%+%-%*/%^%(%)%%,]", i)
    local name = s:match("^%a+", i)
    if ws then i = i + #ws
    elseif num then toks[#toks + 1] = { "num", math.tointeger(num) or tonumber(num) } i = i + #num
    elseif name then toks[#toks + 1] = { "name", name } i = i + #name
    elseif op then toks[#toks + 1] = { op } i = i + 1
    else error("bad character '" .. s:sub(i, i) .. "'", 0) end
  end
  toks[#toks + 1] = { "end" }
  return toks
end
local binary = { ["+"] = { 1, 2 }, ["-"] = { 1, 2 }, ["*"] = { 3, 4 }, ["/"] = { 3, 4 }, ["%"] = { 3, 4 }, ["^"] = { 8, 7 } }
local apply = {
  ["+"] = function(a, b) return a + b end, ["-"] = function(a, b) return a - b end, ["*"] = function(a, b) return a * b end,
  ["/"] = function(a, b) if b == 0 then error("division by zero", 0) end return a / b end, ["%"] = function(a, b) return a % b end, ["^"] = function(a, b) return a ^ b end,
}
local function eval(src)
  local toks, p = lex(src), 1
  local expr
  local function primary()
    local t = toks[p] p = p + 1
    if t[1] == "num" then return t[2] end
    if t[1] == "-" then return -expr(5) end
    if t[1] == "(" then local v = expr(0) if toks[p][1] ~= ")" then error("')' expected", 0) end p = p + 1 return v end
    if t[1] == "name" then
      if toks[p][1] ~= "(" then error("'(' expected", 0) end
      p = p + 1
      local args = {}
      if toks[p][1] ~= ")" then
        repeat
          args[#args + 1] = expr(0)
          local more = toks[p][1] == ","
          if more then p = p + 1 end
        until not more
      end
      if toks[p][1] ~= ")" then error("')' expected", 0) end
      p = p + 1
      return (math[t[2]] or error("unknown function " .. t[2], 0))(table.unpack(args))
    end
    error("unexpected " .. t[1], 0)
  end
  function expr(min)
    local left = primary()
    while true do
      local op = toks[p][1]
      local prec = binary[op]
      if not prec or prec[1] < min then return left end
      p = p + 1
      left = apply[op](left, expr(prec[2]))
    end
  end
  local v = expr(0)
  if toks[p][1] ~= "end" then error("unexpected " .. toks[p][1], 0) end
  return v
end
for _, s in ipairs { "1 + 2 * 3", "(1 + 2) * 3", "2 ^ 3 ^ 2", "-2 ^ 2", "10 / 4 - 1", "7 % 4 * 2", "max(1, 2 + 3, 4)", "sqrt(16) + abs(-3)", "1 / 0", "(1", "2 +", "3 $ 4", "foo(1)", "1 2", "1.5 * 4", "--3" } do
  print(s, pcall(eval, s))
end
