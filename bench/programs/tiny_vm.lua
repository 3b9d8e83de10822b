-- An interpreter in Lua: a compiler of arithmetic expressions and loops to stack code, run once by a chain of
-- comparisons and once by a table of handler functions.

local function tokenise(source)
  local tokens, position = {}, 1
  while true do
    position = source:find("%S", position)
    if not position then
      return tokens
    end
    local token = source:match("^%a%w*", position) or source:match("^%d+", position) or source:sub(position, position)
    tokens[#tokens + 1] = token
    position = position + #token
  end
end

local Compiler = {}
Compiler.__index = Compiler

function Compiler.new(source)
  return setmetatable({ tokens = tokenise(source), position = 1, code = {}, slots = {}, slot_count = 0 }, Compiler)
end

function Compiler:emit(operation, operand)
  self.code[#self.code + 1] = { op = operation, arg = operand or 0 }
  return #self.code
end

function Compiler:peek()
  return self.tokens[self.position]
end

function Compiler:advance()
  local token = self.tokens[self.position]
  self.position = self.position + 1
  return token
end

function Compiler:expect(token)
  local found = self:advance()
  if found ~= token then
    error(("expected %s, found %s"):format(token, tostring(found)))
  end
end

function Compiler:slot(name)
  local slot = self.slots[name]
  if not slot then
    slot = self.slot_count + 1
    self.slot_count, self.slots[name] = slot, slot
  end
  return slot
end

local precedence = { ["<"] = 1, ["+"] = 2, ["-"] = 2, ["*"] = 3, ["%"] = 3 }
local operations = { ["<"] = "less", ["+"] = "add", ["-"] = "sub", ["*"] = "mul", ["%"] = "mod" }

function Compiler:operand()
  local token = self:advance()
  if token == "(" then
    self:expression(1)
    self:expect(")")
  elseif token:find("^%d") then
    self:emit("push", tonumber(token))
  else
    self:emit("load", self:slot(token))
  end
end

function Compiler:expression(lowest)
  self:operand()
  while true do
    local operator = self:peek()
    local level = precedence[operator]
    if not level or level < lowest then
      return
    end
    self:advance()
    self:expression(level + 1)
    self:emit(operations[operator])
  end
end

function Compiler:statement()
  local token = self:advance()
  if token == "while" then
    local start = #self.code + 1
    self:expression(1)
    local exit = self:emit("jump_if_zero")
    self:block()
    self:emit("jump", start)
    self.code[exit].arg = #self.code + 1
  else
    self:expect("=")
    self:expression(1)
    self:expect(";")
    self:emit("store", self:slot(token))
  end
end

function Compiler:block()
  self:expect("{")
  while self:peek() ~= "}" do
    self:statement()
  end
  self:expect("}")
end

local function compile(source)
  local compiler = Compiler.new(source)
  compiler:block()
  compiler:emit("halt")
  return compiler.code, compiler.slots
end

local function run_by_comparisons(code, slots)
  local stack, top, pc, steps = {}, 0, 1, 0
  while true do
    local instruction = code[pc]
    local op = instruction.op
    pc = pc + 1
    steps = steps + 1
    if op == "load" then
      top = top + 1
      stack[top] = slots[instruction.arg] or 0
    elseif op == "push" then
      top = top + 1
      stack[top] = instruction.arg
    elseif op == "store" then
      slots[instruction.arg] = stack[top]
      top = top - 1
    elseif op == "add" then
      top = top - 1
      stack[top] = stack[top] + stack[top + 1]
    elseif op == "sub" then
      top = top - 1
      stack[top] = stack[top] - stack[top + 1]
    elseif op == "mul" then
      top = top - 1
      stack[top] = stack[top] * stack[top + 1]
    elseif op == "mod" then
      top = top - 1
      stack[top] = stack[top] % stack[top + 1]
    elseif op == "less" then
      top = top - 1
      stack[top] = stack[top] < stack[top + 1] and 1 or 0
    elseif op == "jump_if_zero" then
      top = top - 1
      if stack[top + 1] == 0 then
        pc = instruction.arg
      end
    elseif op == "jump" then
      pc = instruction.arg
    else
      return steps
    end
  end
end

local handlers = {}

function handlers.push(machine, argument)
  local top = machine.top + 1
  machine.top = top
  machine.stack[top] = argument
end

function handlers.load(machine, argument)
  local top = machine.top + 1
  machine.top = top
  machine.stack[top] = machine.slots[argument] or 0
end

function handlers.store(machine, argument)
  local top = machine.top
  machine.slots[argument] = machine.stack[top]
  machine.top = top - 1
end

local function binary(compute)
  return function(machine)
    local stack, top = machine.stack, machine.top - 1
    machine.top = top
    stack[top] = compute(stack[top], stack[top + 1])
  end
end

handlers.add = binary(function(a, b) return a + b end)
handlers.sub = binary(function(a, b) return a - b end)
handlers.mul = binary(function(a, b) return a * b end)
handlers.mod = binary(function(a, b) return a % b end)
handlers.less = binary(function(a, b) return a < b and 1 or 0 end)

function handlers.jump(machine, argument)
  machine.pc = argument
end

function handlers.jump_if_zero(machine, argument)
  local top = machine.top
  machine.top = top - 1
  if machine.stack[top] == 0 then
    machine.pc = argument
  end
end

function handlers.halt(machine)
  machine.running = false
end

local function run_by_handlers(code, slots)
  local machine = { stack = {}, slots = slots, top = 0, pc = 1, running = true }
  local steps = 0
  while machine.running do
    local instruction = code[machine.pc]
    machine.pc = machine.pc + 1
    handlers[instruction.op](machine, instruction.arg)
    steps = steps + 1
  end
  return steps
end

local source = [[{
  limit = %d; i = 0; sum = 0;
  while i < limit {
    j = 0; i = i + 1;
    while j < (i %% 13) { sum = (sum * 31 + i * j) %% 65521; j = j + 1; }
  }
}]]

local function run(n)
  local code, names = compile(source:format(n))
  local first, second = {}, {}
  local steps = run_by_comparisons(code, first)
  assert(run_by_handlers(code, second) == steps and first[names.sum] == second[names.sum], "the machines differ")
  return ("%d %d %d"):format(#code, steps, first[names.sum])
end

return {
  name = "tiny_vm",
  n = 3000,
  expected = "39 428906 41461",
  quick_n = 50,
  quick_expected = "39 7161 52460",
  run = run,
}
