-- A stack machine with an assembler, run on small programs.
local function assemble(src)
  local code, labels, fixups = {}, {}, {}
  for line in src:gmatch("[^\n]+") do
    local label = line:match("^%s*(%w+):")
    if label then
      labels[label] = #code + 1
    else
      local op, arg = line:match("^%s*(%a+)%s*(%S*)")
      if op then
        code[#code + 1] = { op = op, arg = tonumber(arg) or arg }
        if arg:match("^%a") then fixups[#fixups + 1] = code[#code] end
      end
    end
  end
  for _, f in ipairs(fixups) do f.arg = labels[f.arg] or error("unknown label " .. f.arg, 0) end
  return code
end
local ops = {
  push = function(m, a) m.sp = m.sp + 1 m[m.sp] = a end,
  add = function(m) m.sp = m.sp - 1 m[m.sp] = m[m.sp] + m[m.sp + 1] end,
  sub = function(m) m.sp = m.sp - 1 m[m.sp] = m[m.sp] - m[m.sp + 1] end,
  mul = function(m) m.sp = m.sp - 1 m[m.sp] = m[m.sp] * m[m.sp + 1] end,
  dup = function(m) m.sp = m.sp + 1 m[m.sp] = m[m.sp - 1] end,
  load = function(m, a) m.sp = m.sp + 1 m[m.sp] = m.vars[a] or 0 end,
  store = function(m, a) m.vars[a] = m[m.sp] m.sp = m.sp - 1 end,
  jump = function(m, a) m.pc = a end,
  jz = function(m, a) if m[m.sp] == 0 then m.pc = a end m.sp = m.sp - 1 end,
  print = function(m) m.out[#m.out + 1] = m[m.sp] m.sp = m.sp - 1 end,
}
local function run(src)
  local code, m, steps = assemble(src), { sp = 0, pc = 1, vars = {}, out = {} }, 0
  while code[m.pc] do
    local i = code[m.pc]
    m.pc = m.pc + 1
    steps = steps + 1;
    (ops[i.op] or error("bad opcode " .. i.op, 0))(m, i.arg)
  end
  return table.concat(m.out, " "), steps
end
print(run "push 2\npush 3\nadd\npush 4\nmul\nprint")
print(run [[
push 10
store 1
push 1
store 2
loop:
load 1
jz done
load 2
load 1
mul
store 2
load 1
push 1
sub
store 1
jump loop
done:
load 2
print]])
print(run [[
push 100
store 1
again:
load 1
load 2
add
store 2
load 1
push 1
sub
dup
store 1
jz end
jump again
end:
load 2
print]])
print(pcall(run, "nop")) print(pcall(run, "jump nowhere")) print(pcall(run, "add"))
