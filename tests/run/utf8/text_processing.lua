-- Text in UTF-8 with strings and the utf8 library together: reversing, cutting, padding, counting.
local text = "Größe: 12 µm – «naïve» 漢字 🙂!"
print(#text, utf8.len(text), text:len() - utf8.len(text))
local function reverse(s)
  local t = {}
  for _, c in utf8.codes(s) do table.insert(t, 1, utf8.char(c)) end
  return table.concat(t)
end
print(reverse(text), reverse(reverse(text)) == text)
local function sub(s, i, j)
  local n = utf8.len(s)
  if i < 0 then i = math.max(n + i + 1, 1) end
  j = j or n
  if j < 0 then j = n + j + 1 end
  if i > j or i > n then return "" end
  return s:sub(utf8.offset(s, i), utf8.offset(s, math.min(j, n) + 1) - 1)
end
print(sub(text, 1, 5), sub(text, -6, -1), sub(text, 8, 9), sub(text, 30), "[" .. sub(text, 5, 4) .. "]")
local function pad(s, width) return s .. (" "):rep(width - utf8.len(s)) .. "|" end
for _, w in ipairs({ "a", "é", "漢字", "🙂🙂", "" }) do print(pad(w, 5)) end
local classes = { ascii = 0, latin = 0, bmp = 0, astral = 0 }
for _, c in utf8.codes(text) do
  local k = c < 128 and "ascii" or c < 0x250 and "latin" or c < 0x10000 and "bmp" or "astral"
  classes[k] = classes[k] + 1
end
print(classes.ascii, classes.latin, classes.bmp, classes.astral)
-- charpattern with gmatch, gsub and find.
local chars = {}
for c in text:gmatch(utf8.charpattern) do chars[#chars + 1] = c end
print(#chars, chars[3], chars[#chars - 1], table.concat(chars) == text)
print((text:gsub(utf8.charpattern, function(c) return #c > 1 and ("<%X>"):format(utf8.codepoint(c)) or nil end)))
print(text:find("«" .. utf8.charpattern .. "+»") ~= nil, text:match("«(.-)»"), text:find("漢", 1, true))
-- Escapes in literals and formats of %U kind.
print("\u{48}\u{20AC}\u{1F642}", #"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}", "\xE2\x82\xAC" == "€", "\226\130\172" == "\u{20AC}")
local entities = text:gsub("[\xC2-\xF4][\x80-\xBF]*", function(c) return "&#" .. utf8.codepoint(c) .. ";" end)
print(entities)
print((entities:gsub("&#(%d+);", function(n) return utf8.char(tonumber(n)) end)) == text)
-- Positions of characters, walked forwards and backwards.
local fwd, back, p = {}, {}, 1
while p <= #text do fwd[#fwd + 1] = p p = utf8.offset(text, 2, p) end
p = #text + 1
while p > 1 do p = utf8.offset(text, -1, p) table.insert(back, 1, p) end
print(#fwd, table.concat(fwd) == table.concat(back), utf8.offset(text, 0, 4), utf8.offset(text, 0, 3))
local counts = {}
for _, c in utf8.codes(("aé漢"):rep(100)) do counts[c] = (counts[c] or 0) + 1 end
print(counts[97], counts[0xE9], counts[0x6F22])
