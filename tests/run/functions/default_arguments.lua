-- Optional parameters, named arguments, argument checking helpers.
local function greet(name, greeting, punct)
  name = name or "world"
  greeting = greeting == nil and "hello" or greeting
  return ("%s, %s%s"):format(tostring(greeting), name, punct or "!")
end
print(greet(), greet("lua"), greet("x", false), greet("y", nil, "?"))
local function window(opts)
  if type(opts.title) ~= "string" then error("no title", 2) end
  return opts.title .. ":" .. (opts.width or 100) .. "x" .. (opts.height or 50) .. (opts.border == false and "" or " bordered")
end
print(window { title = "a" }, window { title = "b", width = 5, border = false })
print(pcall(window, {}))
print(pcall(function() window { width = 1 } end))
local function check(spec, ...)
  for i = 1, #spec do
    local v, want = (select(i, ...)), spec[i]
    if type(v) ~= want:gsub("%?$", "") and not (want:sub(-1) == "?" and v == nil) then
      error(("argument %d: %s expected, got %s"):format(i, want, type(v)), 0)
    end
  end
  return "ok", select("#", ...)
end
print(check({ "number", "string?" }, 1), check({ "number", "string?" }, 1, "s"))
print(pcall(check, { "number" }, "x")) print(pcall(check, { "string?", "table" }, nil, {}))
