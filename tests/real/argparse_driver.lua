-- argparse: help texts, usage errors, commands, completions, and many parses.
local argparse = require("argparse")
local harness = require("harness")

local function build()
  local parser = argparse("tool", "A tool with everything.", "See the manual.")
  parser:argument("input", "Input file."):args("1-3")
  parser:option("-o --output", "Output file.", "a.out")
  parser:option("-I --include", "Include path."):count("*")
  parser:option("-l --level"):choices { "low", "mid", "high" }:default("mid")
  parser:option("--pair"):args(2):argname { "<key>", "<value>" }
  parser:option("-n --number"):convert(tonumber)
  parser:flag("-v --verbose", "More output."):count("0-2"):target("verbosity")
  parser:mutex(parser:flag("-q --quiet"), parser:flag("--loud"))
  parser:require_command(false)
  local add = parser:command("add a", "Add things.")
  add:argument("things"):args("*")
  add:flag("-f --force")
  local remove = parser:command("remove", "Remove things.")
  remove:argument("thing"):convert(function(x) return x:upper() end)
  parser:add_help { add_help = "-h --help" }
  return parser
end

local lines = {
  { "x" }, { "x", "y", "z" }, { "x", "-o", "out", "-Ia", "-I", "b", "--include=c" }, { "x", "-vv" }, { "x", "-vvv" },
  { "x", "--level", "high" }, { "x", "--level", "none" }, { "x", "--pair", "k", "v" }, { "x", "--pair", "k" },
  { "x", "-n", "0x10" }, { "x", "-n", "ten" }, { "x", "-q", "--loud" }, {}, { "x", "--unknown" }, { "x", "--verbos" },
  { "x", "y", "z", "add", "1", "2", "-f" }, { "x", "y", "z", "remove" }, { "x", "y", "z", "remove", "it" },
  { "x", "y", "z", "remov" }, { "--", "-o" },
}
local parser = build()
print(parser:get_help())
print(parser:get_usage())
print(parser:get_bash_complete())
print(parser:get_zsh_complete())
print(parser:get_fish_complete())
for _, line in ipairs(lines) do
  harness.report(table.concat(line, " "), parser:pparse(line))
end
local good = 0
for _ = 1, 300 do
  local fresh = build()
  for _, line in ipairs(lines) do
    if fresh:pparse(line) then good = good + 1 end
  end
  good = good + #fresh:get_help()
end
print(good)
parser:parse { "x", "--nothing" }
