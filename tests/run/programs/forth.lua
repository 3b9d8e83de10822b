-- A small Forth: words compiled to closures, control structures, a return stack, and errors.
local function forth(out)
  local stack, rstack, words, memory, here = {}, {}, {}, {}, 0
  local function push(v) stack[#stack + 1] = v end
  local function pop() local n = #stack if n == 0 then error("stack underflow", 0) end local v = stack[n] stack[n] = nil return v end
  local function binary(f) return function() local b, a = pop(), pop() push(f(a, b)) end end
  local function flag(b) return b and -1 or 0 end
  words["+"] = binary(function(a, b) return a + b end) words["-"] = binary(function(a, b) return a - b end)
  words["*"] = binary(function(a, b) return a * b end) words["/"] = binary(function(a, b) return a // b end)
  words.mod = binary(function(a, b) return a % b end) words["<"] = binary(function(a, b) return flag(a < b) end)
  words["="] = binary(function(a, b) return flag(a == b) end) words["and"] = binary(function(a, b) return a & b end)
  words.dup = function() local a = pop() push(a) push(a) end
  words.drop = pop
  words.swap = function() local b, a = pop(), pop() push(b) push(a) end
  words.over = function() local b, a = pop(), pop() push(a) push(b) push(a) end
  words.rot = function() local c, b, a = pop(), pop(), pop() push(b) push(c) push(a) end
  words["."] = function() out[#out + 1] = tostring(pop()) end
  words.emit = function() out[#out + 1] = string.char(pop()) end
  words["!"] = function() local a, v = pop(), pop() memory[a] = v end
  words["@"] = function() push(memory[pop()] or 0) end
  words.i = function() push(rstack[#rstack]) end
  words.j = function() push(rstack[#rstack - 2]) end
  words.depth = function() push(#stack) end
  local compile
  local function block(tokens, pos, ends)
    local code = {}
    while true do
      local t = tokens[pos]
      if t == nil then error("missing " .. ends, 0) end
      if (" " .. ends .. " "):find(" " .. t .. " ", 1, true) then return code, pos end
      code[#code + 1], pos = compile(tokens, pos)
    end
  end
  local function run(code) for k = 1, #code do code[k]() end end
  function compile(tokens, pos)
    local t = tokens[pos]
    if t == "if" then
      local yes, at = block(tokens, pos + 1, "else then")
      local no = {}
      if tokens[at] == "else" then no, at = block(tokens, at + 1, "then") end
      return function() if pop() ~= 0 then run(yes) else run(no) end end, at + 1
    elseif t == "do" then
      local body, at = block(tokens, pos + 1, "loop +loop")
      local by = tokens[at] == "+loop"
      return function()
        local from, limit = pop(), pop()
        rstack[#rstack + 1] = limit
        rstack[#rstack + 1] = from
        repeat
          run(body)
          rstack[#rstack] = rstack[#rstack] + (by and pop() or 1)
        until rstack[#rstack] >= limit
        rstack[#rstack] = nil rstack[#rstack] = nil
      end, at + 1
    elseif t == "begin" then
      local body, at = block(tokens, pos + 1, "until while")
      if tokens[at] == "until" then return function() repeat run(body) until pop() ~= 0 end, at + 1 end
      local rest, stop = block(tokens, at + 1, "repeat")
      return function() while true do run(body) if pop() == 0 then break end run(rest) end end, stop + 1
    elseif math.tointeger(tonumber(t)) then
      local n = math.tointeger(tonumber(t))
      return function() push(n) end, pos + 1
    end
    if not words[t] and not words[t:lower()] then
      if tokens.defining == t then return function() words[t]() end, pos + 1 end
      error("unknown word " .. t, 0)
    end
    local w = words[t] or words[t:lower()]
    return w, pos + 1
  end
  return function(source)
    local tokens = {}
    for t in source:gsub("%(.-%)", ""):gmatch("%S+") do tokens[#tokens + 1] = t end
    local pos = 1
    while pos <= #tokens do
      if tokens[pos] == ":" then
        local name = tokens[pos + 1]
        tokens.defining = name
        local code, at = block(tokens, pos + 2, ";")
        words[name], pos = function() run(code) end, at + 1
      elseif tokens[pos] == "variable" then
        local at = here
        here = here + 1
        words[tokens[pos + 1]], pos = function() push(at) end, pos + 2
      else
        local code
        code, pos = compile(tokens, pos)
        code()
      end
    end
  end
end
local out = {}
local eval = forth(out)
local function try(source)
  local ok, e = pcall(eval, source)
  print(table.concat(out, " "), ok and "ok" or e)
  for i = #out, 1, -1 do out[i] = nil end
end
try "1 2 + . 7 3 - . 6 7 * . 17 5 / . 17 5 mod ."
try ": square dup * ; 12 square . : cube dup square * ; 3 cube ."
try ": fact dup 1 < if drop 1 else dup 1 - fact * then ; 5 fact . 20 fact . 21 fact ."
try "10 0 do i . loop" try "3 0 do 3 0 do i j * . loop loop" try "20 0 do i . 5 +loop"
try ": gcd begin dup while swap over mod repeat drop ; 48 36 gcd . 17 5 gcd ."
try ": collatz 0 swap begin dup 1 = if 1 else dup 2 mod if 3 * 1 + else 2 / then swap 1 + swap 0 then until drop ; 27 collatz ."
try "variable x 5 x ! x @ . x @ 1 + x ! x @ . variable y y @ ."
try ": fib dup 2 < if drop 1 else dup 1 - fib swap 2 - fib + then ; 15 fib . 72 emit 105 emit"
try "drop" try "1 2 nonsense" try "1 if 2" try ": loopy 5 begin 1 - dup 0 = until ; loopy . depth ."
try "1000 0 do i x @ + x ! loop x @ ."
