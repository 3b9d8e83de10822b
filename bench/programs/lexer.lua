-- A hand-written lexer that reads its source byte by byte: character classes in a table, string.byte, string.sub,
-- keyword look-ups, interning of names.

local compat = ...

local DIGIT, LETTER, SPACE, QUOTE = 1, 2, 3, 4

local classes = {}
for byte = 0, 255 do
  local char = string.char(byte)
  if char:find("%d") then
    classes[byte] = DIGIT
  elseif char:find("[%a_]") then
    classes[byte] = LETTER
  elseif char:find("%s") then
    classes[byte] = SPACE
  elseif byte == 34 or byte == 39 then
    classes[byte] = QUOTE
  else
    classes[byte] = 0
  end
end

local keywords = {}
for word in ("and break do else elseif end false for function if in local nil not or repeat return then true until while"):gmatch("%a+") do
  keywords[word] = true
end

local doubled = { [61] = true, [60] = true, [62] = true, [126] = true, [46] = true }

local Lexer = {}
Lexer.__index = Lexer

function Lexer.new(source)
  return setmetatable({ source = source, position = 1, line = 1, names = {}, name_count = 0 }, Lexer)
end

function Lexer:skip_blanks()
  local source, position = self.source, self.position
  while true do
    local byte = source:byte(position)
    if not byte then
      break
    elseif classes[byte] == SPACE then
      if byte == 10 then
        self.line = self.line + 1
      end
      position = position + 1
    elseif byte == 45 and source:byte(position + 1) == 45 then
      repeat
        position = position + 1
        byte = source:byte(position)
      until byte == 10 or not byte
    else
      break
    end
  end
  self.position = position
end

function Lexer:read_number()
  local source, position = self.source, self.position
  local value, scale = 0, nil
  while true do
    local byte = source:byte(position)
    if byte == 46 and not scale then
      scale = 1
    elseif byte and classes[byte] == DIGIT then
      value = value * 10 + byte - 48
      scale = scale and scale * 10
    else
      break
    end
    position = position + 1
  end
  self.position = position
  return "number", scale and value / scale or value
end

function Lexer:read_name()
  local source, start = self.source, self.position
  local position = start + 1
  local class = classes[source:byte(position)]
  while class == LETTER or class == DIGIT do
    position = position + 1
    class = classes[source:byte(position)]
  end
  self.position = position
  local name = source:sub(start, position - 1)
  if keywords[name] then
    return name, nil
  end
  local index = self.names[name]
  if not index then
    index = self.name_count + 1
    self.name_count = index
    self.names[name] = index
  end
  return "name", index
end

function Lexer:read_string(quote)
  local source, position = self.source, self.position + 1
  local length = 0
  while true do
    local byte = source:byte(position)
    if not byte or byte == 10 then
      error("unfinished string on line " .. self.line)
    elseif byte == quote then
      break
    elseif byte == 92 then
      position = position + 1
    end
    length = length + 1
    position = position + 1
  end
  self.position = position + 1
  return "string", length
end

function Lexer:read_operator(byte)
  local source, position = self.source, self.position
  local following = source:byte(position + 1)
  local width = 1
  if doubled[byte] and (following == 61 or following == byte) then
    width = 2
  end
  self.position = position + width
  return source:sub(position, position + width - 1), nil
end

-- Returns the kind of the next token and its value; nil at the end.
function Lexer:next()
  self:skip_blanks()
  local byte = self.source:byte(self.position)
  if not byte then
    return nil
  end
  local class = classes[byte]
  if class == LETTER then
    return self:read_name()
  elseif class == DIGIT then
    return self:read_number()
  elseif class == QUOTE then
    return self:read_string(byte)
  end
  return self:read_operator(byte)
end

local templates = {
  "local NAME = NAME + NUMBER * (NAME - NUMBER) -- a comment about NAME\n",
  "function NAME.NAME(NAME, NAME)\n  return NAME[NUMBER] .. \"text \\\" NUMBER\" end\n",
  "if NAME <= NUMBER and not NAME then NAME.NAME = 'NAME' elseif NAME ~= NAME then repeat NAME(NUMBER) until true end\n",
  "for NAME = NUMBER, NUMBER do NAME[NAME] = { NAME = NUMBER, \"NAME\", NUMBER } end\n",
}

local function make_source(count)
  local random = compat.random(17)
  local out = {}
  for i = 1, count do
    out[i] = templates[random(4) + 1]
      :gsub("NAME", function()
        return "name_" .. random(60)
      end)
      :gsub("NUMBER", function()
        return random(2) == 0 and tostring(random(1000)) or random(100) .. "." .. random(4) * 25
      end)
  end
  return table.concat(out)
end

local function run(n)
  local lexer = Lexer.new(make_source(n))
  local tokens, sum, kinds = 0, 0, {}
  while true do
    local kind, value = lexer:next()
    if not kind then
      break
    end
    tokens = tokens + 1
    kinds[kind] = (kinds[kind] or 0) + 1
    sum = sum + (value or 1)
  end
  return ("%d %.2f %d %d %d %d"):format(tokens, sum, lexer.line, lexer.name_count, kinds.name, kinds["if"] or 0)
end

return {
  name = "lexer",
  n = 3800,
  expected = "72989 2973358.50 4736 60 18001 946",
  quick_n = 30,
  quick_expected = "568 25506.50 37 53 138 7",
  run = run,
}
