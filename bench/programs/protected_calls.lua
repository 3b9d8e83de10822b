-- pcall, xpcall and error: the cheap path without errors, error objects, rethrowing through levels, clean-up by guards.

local Failure = {}
Failure.__index = Failure
Failure.__tostring = function(self)
  return "failure " .. self.code
end

local function fail(code)
  error(setmetatable({ code = code }, Failure))
end

local function checked_divide(a, b)
  if b == 0 then
    error("division by zero", 0)
  end
  return (a - a % b) / b
end

local function with_resource(pool, action, ...)
  pool.open = pool.open + 1
  local ok, result = pcall(action, ...)
  pool.open = pool.open - 1
  if not ok then
    error(result, 0)
  end
  return result
end

local function descend(depth, limit)
  if depth == limit then
    fail(depth)
  end
  return descend(depth + 1, limit) + 1
end

local function nested(level)
  if level == 0 then
    fail(7)
  end
  local ok, problem = pcall(nested, level - 1)
  assert(not ok)
  problem.code = problem.code + level
  error(problem)
end

local function run(n)
  local pool, total, caught = { open = 0 }, 0, 0
  for i = 1, n do
    local ok, value = pcall(checked_divide, i * 12, i % 8 + 1)
    assert(ok)
    total = total + value
    ok, value = pcall(with_resource, pool, checked_divide, i, i % 4)
    if ok then
      total = total + value
    else
      assert(value == "division by zero")
      caught = caught + 1
    end
    if i % 5 == 0 then
      ok, value = pcall(descend, 0, i % 20)
      assert(not ok and getmetatable(value) == Failure)
      total = total + value.code
      ok, value = pcall(nested, i % 6)
      assert(not ok)
      total = total + value.code
    end
    ok, value = xpcall(checked_divide, function(message)
      return "handled: " .. tostring(message)
    end, i, i % 3)
    if not ok then
      assert(value == "handled: division by zero")
      caught = caught + 1
    end
    if i % 7 == 0 then
      ok, value = pcall(function()
        local missing
        return missing.field
      end)
      assert(not ok and value:find("index", 1, true))
      caught = caught + 1
    end
    total = total % 1000003
  end
  assert(pool.open == 0)
  return ("%d %d"):format(total, caught)
end

return {
  name = "protected_calls",
  n = 50000,
  expected = "245147 36308",
  quick_n = 600,
  quick_expected = "820682 435",
  run = run,
}
