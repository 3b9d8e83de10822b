-- A small JSON encoder and recursive-descent decoder.
local function quote(s)
  return '"' .. s:gsub('[%c"\\]', function(c)
    return ({ ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" })[c] or ("\\u%04x"):format(c:byte())
  end) .. '"'
end
local function enc(v)
  local t = type(v)
  if t == "string" then return quote(v) elseif t ~= "table" then return tostring(v) end
  if #v > 0 then local o = {} for i, x in ipairs(v) do o[i] = enc(x) end return "[" .. table.concat(o, ",") .. "]" end
  local keys = {} for k in pairs(v) do keys[#keys + 1] = k end table.sort(keys)
  for i, k in ipairs(keys) do keys[i] = quote(k) .. ":" .. enc(v[k]) end
  return "{" .. table.concat(keys, ",") .. "}"
end
local function dec(s)
  local i = 1
  local function ws() i = s:find("%S", i) or #s + 1 end
  local value
  local function fail(m) error(("%s at %d"):format(m, i), 0) end
  local function str()
    local out = {}
    i = i + 1
    while true do
      local c = s:sub(i, i)
      if c == '"' then i = i + 1 return table.concat(out)
      elseif c == "" then fail "unfinished string"
      elseif c == "\\" then
        local e = s:sub(i + 1, i + 1)
        if e == "u" then out[#out + 1] = utf8.char(tonumber(s:sub(i + 2, i + 5), 16)) i = i + 6
        else out[#out + 1] = ({ n = "\n", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" })[e] or fail "bad escape" i = i + 2 end
      else out[#out + 1] = c i = i + 1 end
    end
  end
  function value()
    ws()
    local c = s:sub(i, i)
    if c == "{" then
      local r = {} i = i + 1 ws()
      if s:sub(i, i) == "}" then i = i + 1 return r end
      while true do
        ws() if s:sub(i, i) ~= '"' then fail "key expected" end
        local k = str() ws()
        if s:sub(i, i) ~= ":" then fail "':' expected" end
        i = i + 1 r[k] = value() ws()
        local d = s:sub(i, i) i = i + 1
        if d == "}" then return r elseif d ~= "," then fail "',' expected" end
      end
    elseif c == "[" then
      local r = {} i = i + 1 ws()
      if s:sub(i, i) == "]" then i = i + 1 return r end
      while true do
        r[#r + 1] = value() ws()
        local d = s:sub(i, i) i = i + 1
        if d == "]" then return r elseif d ~= "," then fail "',' expected" end
      end
    elseif c == '"' then return str()
    end
    local lit = s:match("^%a+", i)
    if lit then
      i = i + #lit
      if lit == "true" then
        return true
      elseif lit == "false" then
        return false
      elseif lit == "null" then
        return nil
      end
      fail "bad literal"
    end
    local num = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", i)
    if not num then fail "value expected" end
    i = i + #num return tonumber(num)
  end
  local v = value() ws() if i <= #s then fail "trailing text" end return v
end
local doc = '{"b": [1, 2.5, -3e2, true, false, "x\\n\\u00e9"], "a": {"k": "v", "e": {}}, "q": "say \\"hi\\""}'
print(enc(dec(doc))) print(enc(dec(enc(dec(doc)))) == enc(dec(doc)))
for _, bad in ipairs { "", "[1,", "{1}", '{"a" 1}', "[1 2]", "nul", '"abc', "[1] x", '"\\q"' } do
  print(bad, pcall(dec, bad))
end
