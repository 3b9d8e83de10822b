-- A small Lisp: reader, evaluator with closures, macros for control flow, tail calls.
local function read(s)
  local pos = 1
  local function skip() pos = s:find("[^%s]", pos) or #s + 1 end
  local function expr()
    skip()
    local c = s:sub(pos, pos)
    if c == "(" then pos = pos + 1 local l = {} while true do skip() if pos > #s then error("unfinished list", 0) end if s:sub(pos, pos) == ")" then pos = pos + 1 return l end l[#l + 1] = expr() end
    elseif c == "'" then pos = pos + 1 return { "quote", expr() }
    else local a = s:match("^[^%s()']+", pos) if not a then error("unexpected " .. c, 0) end pos = pos + #a return math.tointeger(a) or tonumber(a) or a end
  end
  local all = {} skip() while pos <= #s do all[#all + 1] = expr() skip() end return all
end
local function show(v)
  if type(v) == "table" and not v.params then
    local o = {}
    for i, x in ipairs(v) do o[i] = show(x) end
    return "(" .. table.concat(o, " ") .. ")"
  end
  return type(v) == "function" and "#<builtin>" or type(v) == "table" and "#<lambda>" or tostring(v)
end
local function fold(f)
  return function(a, ...) for i = 1, select("#", ...) do a = f(a, (select(i, ...))) end return a end
end
local global = { ["+"] = fold(function(a, b) return a + b end), ["*"] = fold(function(a, b)
  return a * b
end), ["-"] = fold(function(a, b) return a - b end), ["<"] = function(a, b) return a < b end, ["="] = function(a, b)
  return a == b
end, car = function(l) return l[1] end, cdr = function(l) return { table.unpack(l, 2) } end, cons = function(a, l)
  return { a, table.unpack(l) }
end, ["null?"] = function(l) return #l == 0 end, list = function(...) return { ... } end }
local function eval(x, env)
  while true do
    if type(x) == "string" then
      local v = env[x]
      if v == nil then error("unbound " .. x, 0) end
      return v
    elseif type(x) ~= "table" then
      return x
    end
    local op = x[1]
    if op == "quote" then return x[2]
    elseif op == "if" then x = eval(x[2], env) and x[3] or x[4] if x == nil then return false end
    elseif op == "define" then env[x[2]] = eval(x[3], env) return x[2]
    elseif op == "lambda" then return { params = x[2], body = x[3], env = env }
    elseif op == "let" then local e = setmetatable({}, { __index = env }) for _, b in ipairs(x[2]) do e[b[1]] = eval(b[2], env) end x, env = x[3], e
    else
      local f, args = eval(op, env), {}
      for i = 2, #x do args[i - 1] = eval(x[i], env) end
      if type(f) == "function" then return f(table.unpack(args)) end
      local e = setmetatable({}, { __index = f.env })
      for i, p in ipairs(f.params) do e[p] = args[i] end
      x, env = f.body, e
    end
  end
end
local src = [[ (define fact (lambda (n) (if (< n 2) 1 (* n (fact (- n 1)))))) (fact 10) (define loop (lambda (n acc) (if (= n 0) acc (loop (- n 1) (+ acc n))))) (loop 2000 0) (define map (lambda (f l) (if (null? l) '() (cons (f (car l)) (map f (cdr l)))))) (map (lambda (x) (* x x)) '(1 2 3 4)) (let ((a 2) (b 3.5)) (+ a b)) ((lambda (x) (list x 'sym (quote (q r)))) 5) car map (define mk (lambda (n) (lambda (m) (+ n m)))) ((mk 10) 5) ]]
for _, e in ipairs(read(src)) do print(show(eval(e, global))) end
for _, bad in ipairs { "(", "unknown", "(car 5)", ")" } do
  print(bad, pcall(function() return show(eval(read(bad)[1], global)) end))
end
