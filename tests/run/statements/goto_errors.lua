-- Compile-time errors about labels and goto.
for _, src in ipairs {
  "goto nowhere",
  "do ::l:: end goto l",
  "::a:: ::a::",
  "::a:: do ::a:: end",
  "goto f; local x; ::f:: print(x)",
  "do goto f; local x; ::f:: end",
  "break",
  "if true then break end",
  "function f() break end",
  "while true do (function() break end)() end",
  "goto l; do ::l:: end",
  "repeat if true then goto c end local z ::c:: until z",
  "::l:: local function f() goto l end",
  "goto 1",
  ":: l",
} do
  local f, msg = load(src, "=g")
  print(f and "ok" or msg)
end
