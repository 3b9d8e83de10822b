-- Base64, run lengths and LZW, encoded and decoded again.
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local decode_map = {}
for i = 1, 64 do decode_map[alphabet:byte(i)] = i - 1 end
local function encode(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a << 16 | (b or 0) << 8 | (c or 0)
    local quad = {}
    for k = 18, 0, -6 do
      local d = (n >> k & 63) + 1
      quad[#quad + 1] = alphabet:sub(d, d)
    end
    if not b then quad[3] = "=" end
    if not c then quad[4] = "=" end
    out[#out + 1] = table.concat(quad)
  end
  return table.concat(out)
end
local function decode(s)
  local out, bits, n = {}, 0, 0
  for ch in s:gmatch("[%w+/]") do
    bits, n = (bits << 6 | decode_map[ch:byte()]) & 0xffffff, n + 6
    if n >= 8 then
      n = n - 8
      out[#out + 1] = string.char(bits >> n & 255)
    end
  end
  return table.concat(out)
end
for _, s in ipairs({ "", "f", "fo", "foo", "foob", "fooba", "foobar", "\0\255\128", "Lua 5.4 \n" }) do
  local e = encode(s)
  print(("%q"):format(s), e, decode(e) == s)
end
local bytes = {}
for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
local all = table.concat(bytes)
print(#encode(all), decode(encode(all)) == all)

local function rle(s) return (s:gsub("((.)%2*)", function(run, c) return #run > 3 and "~" .. string.char(#run) .. c or run end)) end
local function unrle(s) return (s:gsub("~(.)(.)", function(n, c) return c:rep(n:byte()) end)) end
local drawing = ("."):rep(20) .. "##" .. ("#"):rep(7) .. "abc" .. (" "):rep(100)
print(#drawing, #rle(drawing), unrle(rle(drawing)) == drawing)

local function lzw(s)
  local dict, size, out, w = {}, 256, {}, ""
  for i = 0, 255 do dict[string.char(i)] = i end
  for c in s:gmatch(".") do
    local wc = w .. c
    if dict[wc] then w = wc else
      out[#out + 1] = dict[w]
      dict[wc] = size
      size = size + 1
      w = c
    end
  end
  if w ~= "" then out[#out + 1] = dict[w] end
  return out
end
local function unlzw(codes)
  local dict, size = {}, 256
  for i = 0, 255 do dict[i] = string.char(i) end
  local w = dict[codes[1]]
  local out = { w }
  for i = 2, #codes do
    local entry = dict[codes[i]] or w .. w:sub(1, 1)
    out[#out + 1] = entry
    dict[size] = w .. entry:sub(1, 1)
    size = size + 1
    w = entry
  end
  return table.concat(out)
end
local text = ("TOBEORNOTTOBEORTOBEORNOT "):rep(8) .. ("ab"):rep(30)
local codes = lzw(text)
print(#text, #codes, unlzw(codes) == text, table.concat(codes, " ", 1, 20))
print(unlzw(lzw("aaaaaaaaaa")), unlzw(lzw("x")))
