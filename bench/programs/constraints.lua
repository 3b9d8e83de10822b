-- An incremental solver of a constraint hierarchy by local propagation (Borning's and Freeman-Benson's scheme of
-- walkabout strengths): adding and removing constraints, extracting plans, running them. The scene is a row of panels
-- whose edges depend on one another, dragged about by a pointer.

local REQUIRED, STRONG, MEDIUM, WEAK, WEAKEST = 1, 2, 3, 4, 5

local Variable = {}
Variable.__index = Variable

function Variable.new(value)
  return setmetatable({
    value = value,
    constraints = {},
    determined_by = nil,
    walkabout = WEAKEST, -- strength of the weakest constraint that could be revoked to free this variable
    constant = true,
    mark = 0,
  }, Variable)
end

function Variable:attach(constraint)
  local list = self.constraints
  list[#list + 1] = constraint
end

function Variable:detach(constraint)
  local list = self.constraints
  for i = 1, #list do
    if list[i] == constraint then
      table.remove(list, i)
      break
    end
  end
  if self.determined_by == constraint then
    self.determined_by = nil
  end
end

-- A constraint relates `variables`; when satisfied, it computes one of them, `output`, from the others.
local Constraint = {}
Constraint.__index = Constraint

function Constraint.extend()
  local class = setmetatable({}, { __index = Constraint })
  class.__index = class
  return class
end

function Constraint.init(class, strength, ...)
  return setmetatable({ strength = strength, variables = { ... }, output = nil, first_output = 1 }, class)
end

function Constraint:is_input()
  return false
end

function Constraint:is_satisfied()
  return self.output ~= nil
end

function Constraint:choose_output(mark)
  local best
  local variables = self.variables
  for i = self.first_output, #variables do
    local candidate = variables[i]
    if candidate.mark ~= mark and candidate.walkabout > self.strength then
      if not best or candidate.walkabout > best.walkabout then
        best = candidate
      end
    end
  end
  self.output = best
  return best
end

function Constraint:mark_inputs(mark)
  for _, variable in ipairs(self.variables) do
    if variable ~= self.output then
      variable.mark = mark
    end
  end
end

function Constraint:inputs_known(mark)
  for _, variable in ipairs(self.variables) do
    if variable ~= self.output and variable.mark ~= mark and not variable.constant and variable.determined_by then
      return false
    end
  end
  return true
end

function Constraint:recalculate()
  local walkabout, constant = self.strength, not self:is_input()
  for i, variable in ipairs(self.variables) do
    if variable ~= self.output then
      if i >= self.first_output and variable.walkabout > walkabout then
        walkabout = variable.walkabout
      end
      constant = constant and variable.constant
    end
  end
  self.output.walkabout = walkabout
  self.output.constant = constant
  if constant then
    self:execute()
  end
end

local Stay = Constraint.extend()

function Stay.new(variable, strength)
  return Constraint.init(Stay, strength, variable)
end

function Stay:execute() end

local Edit = Constraint.extend()

function Edit.new(variable, strength)
  return Constraint.init(Edit, strength, variable)
end

function Edit:is_input()
  return true
end

function Edit:execute() end

local Equal = Constraint.extend()

function Equal.new(a, b, strength)
  return Constraint.init(Equal, strength, a, b)
end

function Equal:execute()
  local a, b = self.variables[1], self.variables[2]
  if self.output == a then
    a.value = b.value
  else
    b.value = a.value
  end
end

-- target = origin + distance, where `distance` is only ever read.
local Offset = Constraint.extend()

function Offset.new(distance, origin, target, strength)
  local constraint = Constraint.init(Offset, strength, distance, origin, target)
  constraint.first_output = 2
  return constraint
end

function Offset:execute()
  local distance, origin, target = self.variables[1], self.variables[2], self.variables[3]
  if self.output == target then
    target.value = origin.value + distance.value
  else
    origin.value = target.value - distance.value
  end
end

local Solver = {}
Solver.__index = Solver

function Solver.new()
  return setmetatable({ mark = 0, executed = 0 }, Solver)
end

function Solver:new_mark()
  self.mark = self.mark + 1
  return self.mark
end

function Solver:add(constraint)
  for _, variable in ipairs(constraint.variables) do
    variable:attach(constraint)
  end
  self:enforce(constraint)
end

function Solver:enforce(constraint)
  local mark = self:new_mark()
  local revoked = self:satisfy(constraint, mark)
  while revoked do
    revoked = self:satisfy(revoked, mark)
  end
end

-- Makes the constraint hold if it can; returns the constraint that had to give way.
function Solver:satisfy(constraint, mark)
  local output = constraint:choose_output(mark)
  if not output then
    if constraint.strength == REQUIRED then
      error("a required constraint cannot be satisfied")
    end
    return nil
  end
  constraint:mark_inputs(mark)
  local revoked = output.determined_by
  if revoked then
    revoked.output = nil
  end
  output.determined_by = constraint
  if not self:propagate(constraint, mark) then
    error("cycle of constraints")
  end
  output.mark = mark
  return revoked
end

-- Pushes the satisfied constraints that read `variable` onto `list`.
local function push_consumers(variable, list)
  local determining = variable.determined_by
  for _, constraint in ipairs(variable.constraints) do
    if constraint ~= determining and constraint:is_satisfied() then
      list[#list + 1] = constraint
    end
  end
end

function Solver:propagate(constraint, mark)
  local todo = { constraint }
  while #todo > 0 do
    local current = table.remove(todo)
    if current.output.mark == mark then
      return false
    end
    current:recalculate()
    push_consumers(current.output, todo)
  end
  return true
end

function Solver:remove(constraint)
  local output = constraint.output
  constraint.output = nil
  for _, variable in ipairs(constraint.variables) do
    variable:detach(constraint)
  end
  if output then
    for _, candidate in ipairs(self:release(output)) do
      self:enforce(candidate)
    end
  end
end

-- Recomputes everything downstream of a variable that has lost its constraint; returns the unsatisfied constraints
-- met on the way, the strongest first.
function Solver:release(variable)
  variable.determined_by, variable.walkabout, variable.constant = nil, WEAKEST, true
  local unsatisfied, todo = {}, { variable }
  while #todo > 0 do
    local current = table.remove(todo)
    for _, constraint in ipairs(current.constraints) do
      if not constraint:is_satisfied() then
        unsatisfied[#unsatisfied + 1] = constraint
      end
    end
    local consumers = {}
    push_consumers(current, consumers)
    for _, consumer in ipairs(consumers) do
      consumer:recalculate()
      todo[#todo + 1] = consumer.output
    end
  end
  table.sort(unsatisfied, function(a, b)
    return a.strength < b.strength
  end)
  return unsatisfied
end

-- The constraints to execute, in order, when the inputs of `edits` have changed.
function Solver:plan(edits)
  local mark = self:new_mark()
  local plan, todo = {}, {}
  for _, edit in ipairs(edits) do
    if edit:is_satisfied() then
      todo[#todo + 1] = edit
    end
  end
  while #todo > 0 do
    local current = table.remove(todo)
    if current.output.mark ~= mark and current:inputs_known(mark) then
      plan[#plan + 1] = current
      current.output.mark = mark
      push_consumers(current.output, todo)
    end
  end
  return plan
end

function Solver:execute(plan)
  for _, constraint in ipairs(plan) do
    constraint:execute()
  end
  self.executed = self.executed + #plan
end

local function build_scene(solver, count)
  local gap = Variable.new(4)
  solver:add(Stay.new(gap, REQUIRED))
  local panels, previous = {}, nil
  for i = 1, count do
    local panel = { left = Variable.new(0), right = Variable.new(0), width = Variable.new(10 + i % 7), title = Variable.new(0) }
    solver:add(Stay.new(panel.width, STRONG))
    solver:add(Offset.new(panel.width, panel.left, panel.right, REQUIRED))
    solver:add(Equal.new(panel.title, panel.left, i % 3 == 0 and STRONG or REQUIRED))
    if previous then
      solver:add(Offset.new(gap, previous.right, panel.left, REQUIRED))
    else
      solver:add(Stay.new(panel.left, WEAK))
    end
    panels[i], previous = panel, panel
  end
  return panels, gap
end

local function drag(solver, variable, positions)
  local edit = Edit.new(variable, MEDIUM)
  solver:add(edit)
  local plan = solver:plan({ edit })
  for i = 1, #positions do
    if edit:is_satisfied() then
      variable.value = positions[i]
    end
    solver:execute(plan)
  end
  solver:remove(edit)
end

local function run(n)
  local solver = Solver.new()
  local panels, gap = build_scene(solver, n)
  local checksum = 0
  for round = 1, 12 do
    local panel = panels[round * 5 % n + 1]
    drag(solver, panel.left, { round, round * 2, round * 3, round * 7 % 50 })
    drag(solver, panel.title, { round + 3, round + 1 })
    local pin = Stay.new(panels[n].right, STRONG)
    solver:add(pin)
    drag(solver, panels[1].left, { 5, 6, 7 })
    solver:remove(pin)
    drag(solver, panels[n].right, { 900 - round, 1000 + round })
    for i = 1, n do
      local current = panels[i]
      assert(current.right.value - current.left.value == current.width.value, "width does not hold")
      assert(i == 1 or current.left.value - panels[i - 1].right.value == gap.value, "gap does not hold")
      checksum = (checksum * 3 + current.title.value + current.left.value) % 1000003
    end
  end
  return ("%d %d"):format(checksum, solver.executed)
end

return {
  name = "constraints",
  n = 100,
  expected = "755338 28800",
  quick_n = 12,
  quick_expected = "166879 3456",
  run = run,
}
