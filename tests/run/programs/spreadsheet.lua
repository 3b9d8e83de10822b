-- A spreadsheet: formulas compiled with load, dependencies tracked by an environment, cycles and errors reported.
local Sheet = {}
Sheet.__index = Sheet
function Sheet.new() return setmetatable({ source = {}, values = {}, uses = {}, recomputed = 0 }, Sheet) end
local functions = {
  sum = function(...) local s = 0 for _, v in ipairs({ ... }) do s = s + v end return s end,
  avg = function(...) local s = 0 for _, v in ipairs({ ... }) do s = s + v end return s / select("#", ...) end,
  max = math.max, iif = function(c, a, b) if c then return a end return b end,
}
function Sheet:set(cell, text)
  self.source[cell] = text
  self:invalidate(cell, {})
end
function Sheet:invalidate(cell, seen)
  if seen[cell] then return end
  seen[cell] = true
  self.values[cell] = nil
  for other, uses in pairs(self.uses) do
    if uses[cell] then self:invalidate(other, seen) end
  end
end
function Sheet:get(cell, active)
  active = active or {}
  if active[cell] then error("cycle at " .. cell, 0) end
  local value = self.values[cell]
  if value ~= nil then return value end
  local text = self.source[cell]
  if text == nil then return 0 end
  self.recomputed = self.recomputed + 1
  local formula = text:match("^=(.*)")
  if not formula then
    value = tonumber(text) or text
  else
    local uses = {}
    self.uses[cell] = uses
    active[cell] = true
    local env = setmetatable({}, { __index = function(_, name)
      if functions[name] then return functions[name] end
      uses[name] = true
      return self:get(name, active)
    end })
    local expanded = formula:gsub("(%u)(%d+):(%u)(%d+)", function(c1, r1, c2, r2)
      local cells = {}
      for c = c1:byte(), c2:byte() do
        for r = tonumber(r1), tonumber(r2) do cells[#cells + 1] = string.char(c) .. r end
      end
      return table.concat(cells, ", ")
    end)
    local chunk, e = load("return " .. expanded, "=" .. cell, "t", env)
    if not chunk then active[cell] = nil error("syntax: " .. e, 0) end
    local ok, result = pcall(chunk)
    active[cell] = nil
    if not ok then error(result, 0) end
    value = result
  end
  self.values[cell] = value
  return value
end
function Sheet:show(...)
  local row = {}
  for _, cell in ipairs({ ... }) do
    local ok, v = pcall(self.get, self, cell)
    row[#row + 1] = cell .. "=" .. (ok and tostring(v) or "#" .. tostring(v))
  end
  print(table.concat(row, "  "), self.recomputed)
end
local s = Sheet.new()
s:set("A1", "10") s:set("A2", "20") s:set("A3", "=A1 + A2") s:set("B1", "=A3 * 2") s:set("B2", "=sum(A1:A3)") s:set("B3", "=avg(A1:B2)")
s:show("A1", "A2", "A3", "B1", "B2", "B3")
s:show("B3")
s:set("A1", "1.5") s:show("A3", "B1", "B2", "B3")
s:set("C1", "text") s:set("C2", "=C1 .. '!'") s:set("C3", "=#C2 + A2") s:show("C1", "C2", "C3")
s:set("D1", "=D2 + 1") s:set("D2", "=D3 + 1") s:set("D3", "=D1 + 1") s:show("D1", "D2", "D3")
s:set("D3", "5") s:show("D1", "D2", "D3")
s:set("E1", "=1 +") s:set("E2", "=A1 // 0 > 1") s:set("E3", "=C1 + 1") s:set("E4", "=nothing.field") s:set("E5", "=missing") s:show("E1", "E2", "E3", "E4", "E5")
s:set("E6", "=7 // A9") s:show("E6") s:set("A9", "2") s:show("E6") s:set("F1", "=iif(A1 > 1, 'big', 'small')") s:show("F1") s:set("A1", "0") s:show("F1", "B3")
for i = 1, 60 do s:set("G" .. i, i == 1 and "1" or ("=G%d + %d"):format(i - 1, i)) end
s:show("G60") s:set("G1", "100") s:show("G60") s:set("G30", "=G29 + 0.5") s:show("G60")
