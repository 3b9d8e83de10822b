-- Building strings: concatenation in loops, table.concat buffers, rep, sub, reverse, upper, char and byte.

local function hex_dump(text)
  local lines, line = {}, ""
  for i = 1, #text do
    line = line .. string.format("%02x", text:byte(i))
    if i % 16 == 0 then
      lines[#lines + 1] = line
      line = ""
    else
      line = line .. " "
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function caesar(text, shift)
  local out = {}
  for i = 1, #text do
    local byte = text:byte(i)
    if byte >= 97 and byte <= 122 then
      byte = (byte - 97 + shift) % 26 + 97
    end
    out[i] = string.char(byte)
  end
  return table.concat(out)
end

local function wrap(words, width)
  local lines, line = {}, ""
  for _, word in ipairs(words) do
    if #line + #word + 1 > width then
      lines[#lines + 1] = line .. (" "):rep(width - #line) .. "|"
      line = word
    elseif line == "" then
      line = word
    else
      line = line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local function palindromes(limit)
  local count = 0
  for i = 1, limit do
    local digits = tostring(i)
    if digits == digits:reverse() then
      count = count + 1
    end
  end
  return count
end

local function checksum(text)
  local sum = 0
  for i = 1, #text do
    sum = (sum * 31 + text:byte(i)) % 1000003
  end
  return sum
end

local function run(n)
  local words = {}
  for i = 1, n do
    words[i] = caesar("word", i % 26) .. i .. ("x"):rep(i % 5) .. (i % 3 == 0 and ("Ab"):lower() or ("Ab"):upper())
  end
  local text = wrap(words, 72)
  local dump = hex_dump(text:sub(1, n * 4))
  return ("%d %d %d %d"):format(#text, checksum(text), checksum(dump), palindromes(n * 4))
end

return {
  name = "string_building",
  n = 8000,
  expected = "118129 714584 935948 418",
  quick_n = 50,
  quick_expected = "600 846484 147012 28",
  run = run,
}
