-- A JSON parser and printer: recursive descent with string.byte, string.find and table.concat; round trips a document.

local compat = ...

local null = setmetatable({}, {
  __tostring = function()
    return "null"
  end,
})

local parse_value

local escapes = {
  ['"'] = '"',
  ["\\"] = "\\",
  ["/"] = "/",
  b = "\b",
  f = "\f",
  n = "\n",
  r = "\r",
  t = "\t",
}

local function fail(message, position)
  error(message .. " at byte " .. position, 0)
end

local function skip_space(text, position)
  return text:find("[^ \t\r\n]", position) or #text + 1
end

local function parse_string(text, position)
  local pieces, start = nil, position + 1
  while true do
    local stop = text:find('["\\]', start)
    if not stop then
      fail("unfinished string", position)
    end
    local plain = text:sub(start, stop - 1)
    if text:byte(stop) == 34 then
      if not pieces then
        return plain, stop + 1
      end
      pieces[#pieces + 1] = plain
      return table.concat(pieces), stop + 1
    end
    pieces = pieces or {}
    pieces[#pieces + 1] = plain
    local letter = text:sub(stop + 1, stop + 1)
    if letter == "u" then
      local code = tonumber(text:sub(stop + 2, stop + 5), 16)
      if not code or code > 127 then
        fail("unsupported escape", stop)
      end
      pieces[#pieces + 1] = string.char(code)
      start = stop + 6
    else
      pieces[#pieces + 1] = escapes[letter] or fail("unknown escape", stop)
      start = stop + 2
    end
  end
end

local function parse_number(text, position)
  local _, stop = text:find("^-?%d+%.?%d*[eE]?[+-]?%d*", position)
  if not stop then
    fail("malformed number", position)
  end
  return tonumber(text:sub(position, stop)), stop + 1
end

local function parse_array(text, position)
  local result, count = {}, 0
  position = skip_space(text, position + 1)
  if text:byte(position) == 93 then
    return result, position + 1
  end
  while true do
    count = count + 1
    result[count], position = parse_value(text, position)
    position = skip_space(text, position)
    local byte = text:byte(position)
    if byte == 93 then
      return result, position + 1
    elseif byte ~= 44 then
      fail("expected , or ]", position)
    end
    position = skip_space(text, position + 1)
  end
end

local function parse_object(text, position)
  local result = {}
  position = skip_space(text, position + 1)
  if text:byte(position) == 125 then
    return result, position + 1
  end
  while true do
    local key
    key, position = parse_string(text, position)
    position = skip_space(text, position)
    if text:byte(position) ~= 58 then
      fail("expected :", position)
    end
    result[key], position = parse_value(text, skip_space(text, position + 1))
    position = skip_space(text, position)
    local byte = text:byte(position)
    if byte == 125 then
      return result, position + 1
    elseif byte ~= 44 then
      fail("expected , or }", position)
    end
    position = skip_space(text, position + 1)
  end
end

local words = { ["true"] = true, ["false"] = false, null = null }

local function parse_word(text, position)
  local word = text:match("^%a+", position)
  local value = words[word]
  if value == nil then
    fail("unexpected character", position)
  end
  return value, position + #word
end

local parsers = { [34] = parse_string, [91] = parse_array, [123] = parse_object, [45] = parse_number }
for digit = 48, 57 do
  parsers[digit] = parse_number
end

function parse_value(text, position)
  local parser = parsers[text:byte(position)] or parse_word
  return parser(text, position)
end

local function parse(text)
  local value, position = parse_value(text, skip_space(text, 1))
  if skip_space(text, position) <= #text then
    fail("trailing text", position)
  end
  return value
end

local print_value

local quoted = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" }

local function print_string(value, out)
  out[#out + 1] = '"' .. value:gsub('[%c"\\]', function(char)
    return quoted[char] or ("\\u%04x"):format(char:byte())
  end) .. '"'
end

local function print_array(value, out)
  out[#out + 1] = "["
  for i = 1, #value do
    if i > 1 then
      out[#out + 1] = ","
    end
    print_value(value[i], out)
  end
  out[#out + 1] = "]"
end

local function print_object(value, out)
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  out[#out + 1] = "{"
  for i, key in ipairs(keys) do
    if i > 1 then
      out[#out + 1] = ","
    end
    print_string(key, out)
    out[#out + 1] = ":"
    print_value(value[key], out)
  end
  out[#out + 1] = "}"
end

function print_value(value, out)
  local kind = type(value)
  if value == null then
    out[#out + 1] = "null"
  elseif kind == "string" then
    print_string(value, out)
  elseif kind == "table" then
    if value[1] ~= nil or next(value) == nil then
      print_array(value, out)
    else
      print_object(value, out)
    end
  elseif kind == "number" then
    out[#out + 1] = ("%.14g"):format(value)
  else
    out[#out + 1] = tostring(value)
  end
end

local function to_text(value)
  local out = {}
  print_value(value, out)
  return table.concat(out)
end

local function make_document(size)
  local random = compat.random(42)
  local names = { "id", "title", "price", "tags", "owner", "notes", "visible", "parent" }
  local document = {}
  for i = 1, size do
    local tags = {}
    for j = 1, random(6) do
      tags[j] = names[random(8) + 1] .. random(100)
    end
    document[i] = {
      id = i,
      title = 'item "' .. i .. '"\n\\ of ' .. size,
      price = random(100000) / 64,
      tags = tags,
      owner = { name = "user" .. random(50), level = 5 - random(9), admin = random(2) == 1 },
      notes = ("lorem ipsum "):rep(random(5)),
      visible = random(3) > 0,
      parent = random(4) == 0 and null or random(i),
    }
  end
  return document
end

local function run(n)
  local text = to_text(make_document(n))
  local spaced = text:gsub(",", " ,\n  "):gsub(":", " : ")
  local again = to_text(parse(text))
  assert(again == text, "round trip differs")
  local sum = 0
  for _, item in ipairs(parse(spaced)) do
    sum = sum + item.price * 64 + #item.tags + item.owner.level
  end
  local ok, message = pcall(parse, text:sub(1, -3))
  assert(not ok)
  return ("%d %d %s"):format(#text, sum, message:gsub("%d+", "N"))
end

return {
  name = "json",
  n = 700,
  expected = "146098 35586491 expected , or } at byte N",
  quick_n = 20,
  quick_expected = "3890 1080395 expected , or } at byte N",
  run = run,
}
