-- Runs one benchmark program in one process:
--
--   lua run.lua PROGRAM.lua [ITERATIONS [SIZE]]
--
-- A program returns a table: name, n (inner size), expected (what run(n) returns), run, and quick_n and
-- quick_expected, a small size for tests. SIZE is a number, or `quick`. The first iteration and ITERATIONS steady ones
-- are timed, every result is compared. Output, one line each: `first SECONDS`, as soon as that is known,
-- `clock NAME RESOLUTION`, `steady SECONDS...`. With SIZE not one of the two known sizes the results are only compared with one another,
-- and a line `result VALUE` is added.

local program_path, iterations, size = arg[1], tonumber(arg[2] or 0), arg[3]
local now = clock or os.clock
local clock_name = clock and "clock" or "os.clock"

local directory = arg[0]:match("^(.*[/\\])") or ""
local compat = assert(loadfile(directory .. "compat.lua"))()
local program = assert(loadfile(program_path))(compat)

local n, expected = program.n, program.expected
if size == "quick" then
  n, expected = program.quick_n, program.quick_expected
elseif size and tonumber(size) ~= n then
  n, expected = tonumber(size), nil
end

-- The smallest step seen of the clock.
local function resolution()
  local best = math.huge
  for _ = 1, 20 do
    local start, stop = now(), nil
    repeat
      stop = now()
    until stop > start
    best = math.min(best, stop - start)
  end
  return best
end

local function iterate()
  local start = now()
  local result = program.run(n)
  local elapsed = now() - start
  if expected == nil then
    expected = result
    print("result " .. tostring(result))
  end
  if result ~= expected then
    error(("%s(%s): got %s, expected %s"):format(program.name, n, tostring(result), tostring(expected)), 0)
  end
  return elapsed
end

-- Written at once: when it comes tells how long it took from the start of the process.
print(("first %.9f"):format(iterate()))
if io then
  io.stdout:flush()
end

local steady = {}
for index = 1, iterations do
  steady[index] = ("%.9f"):format(iterate())
end

print(("clock %s %.9f"):format(clock_name, resolution()))
print("steady " .. table.concat(steady, " "))
