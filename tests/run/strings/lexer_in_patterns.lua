-- A scanner driven by anchored patterns at moving positions.
local src = [[local x1 = 0x1F + 3.5e-2 .. "str\"q" -- comment
if x1 >= 10 then return x1[1]:f{...} end]]
local rules = {
  { "space", "^%s+" }, { "comment", "^%-%-[^\n]*" }, { "hex", "^0[xX]%x+" }, { "num", "^%d+%.?%d*[eE]?[+-]?%d*" },
  { "name", "^[%a_][%w_]*" }, { "str", '^"[^"\\]*\\?"?[^"]*"' }, { "dots", "^%.%.%.?" }, { "op", "^[=<>~]=" }, { "char", "^%p" },
}
local pos, out = 1, {}
while pos <= #src do
  for _, r in ipairs(rules) do
    local s, e = src:find(r[2], pos)
    if s then
      if r[1] ~= "space" then out[#out + 1] = r[1] .. ":" .. src:sub(s, e) end
      pos = e + 1
      goto continue
    end
  end
  error("stuck at " .. pos)
  ::continue::
end
print(#out)
print(table.concat(out, " "))
