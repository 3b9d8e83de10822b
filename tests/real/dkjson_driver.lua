-- dkjson: encoding and decoding, with Lua patterns only or with LPeg when the first argument is "lpeg".
local dkjson = require("dkjson")
local harness = require("harness")
local json = ... == "lpeg" and dkjson.use_lpeg() or dkjson

local encode = json.encode

local function collect_keys(node, keys)
  if type(node) == "table" then
    for key, child in pairs(node) do
      if type(key) == "string" then keys[key] = true end
      collect_keys(child, keys)
    end
  end
  return keys
end

--- Text with all keys in a fixed order, however deep.
local function stable(value)
  return encode(value, { indent = true, keyorder = harness.sorted_keys(collect_keys(value, {})) })
end

for _, value in ipairs { 1, 1.5, -0.0, 1e300, 1 / 3, 2 ^ 53, math.maxinteger, true, "a\"\\/\b\f\n\r\t\u{7f}\u{2028}\u{1f600}" } do
  print(encode(value))
end
harness.try("nan", encode, 0 / 0)
harness.try("inf", encode, 1 / 0)
harness.try("function", encode, { print })
harness.try("cycle", function() local t = {} t.t = t return encode(t) end)
harness.try("metatable", encode, setmetatable({}, { __jsontype = "object" }))
harness.try("tojson", encode, setmetatable({}, { __tojson = function() return "custom" end }))
for _, text in ipairs { "[1,2,[3]]", '{"a":{"b":[null,true,false]}}', '"\\u00e9\\ud83d\\ude00"', "[1,2", "{1:2}", '["\\x"]',
  "/* c */ [1] // d", "", "nul", "1e5", "-0", "123456789012345678901234567890", "[1.5e-3]  x" } do
  local value, position, message = json.decode(text)
  harness.report(text, value, position, message)
end
local texts, size = {}, 0
for i, document in ipairs(harness.documents(3, 300, 6)) do
  texts[i] = stable(document)
  size = size + #texts[i]
  if i <= 8 then print(texts[i]) end
end
local same = 0
for round = 1, 3 do
  for _, text in ipairs(texts) do
    if stable(json.decode(text, 1, nil, nil)) == text then same = same + 1 end
  end
end
print(size, same)
