-- 'to close ... at line N' and which token the message is near.
for _, src in ipairs {
  "function f()\n  if x then\n    y()\n",
  "local t = {\n 1,\n 2,\n",
  "print(\n 1,\n 2\n",
  "repeat\n x = 1\n",
  "while true do\n if a then b() end\n",
  "do\n do\n end\n",
  "for k, v in pairs(t) do\n",
  "if a then\nelseif b then\nelse\n",
  "local f = function()\n  return 1\n",
  "x = a[\n1\n",
  "do local x = 1 }",
  "if x then return 1; print(2) end",
  "x = 1 end",
  "x = \"a\nb\"",
  "x = 'tab\there' 5",
  "x = 12.5 'a'",
  "x = [[long\nstring]] y",
} do
  print(select(2, load(src, "=e")))
end
