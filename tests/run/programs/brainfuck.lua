-- An interpreter for a tiny language, compiling to closures.
local function compile(src)
  local pos = 1
  local function block()
    local ops = {}
    while pos <= #src do
      local c = src:sub(pos, pos) pos = pos + 1
      if c == ">" then ops[#ops + 1] = function(m) m.p = m.p + 1 end
      elseif c == "<" then ops[#ops + 1] = function(m) m.p = m.p - 1 end
      elseif c == "+" then ops[#ops + 1] = function(m) m[m.p] = ((m[m.p] or 0) + 1) & 255 end
      elseif c == "-" then ops[#ops + 1] = function(m) m[m.p] = ((m[m.p] or 0) - 1) & 255 end
      elseif c == "." then ops[#ops + 1] = function(m) m.out[#m.out + 1] = string.char(m[m.p] or 0) end
      elseif c == "," then ops[#ops + 1] = function(m) m[m.p] = m.input:byte(m.i) or 0 m.i = m.i + 1 end
      elseif c == "[" then local body = block() ops[#ops + 1] = function(m) while (m[m.p] or 0) ~= 0 do body(m) end end
      elseif c == "]" then break end
    end
    return function(m) for i = 1, #ops do ops[i](m) end end
  end
  return block()
end
local function run(src, input)
  local m = { p = 0, out = {}, input = input or "", i = 1 }
  compile(src)(m)
  return table.concat(m.out)
end
io.write(run "++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.")
print(run(",[.,]", "echo"))
print(run(">,[>,]<[.<]", "reverse"))
