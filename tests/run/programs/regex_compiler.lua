-- A regular expression compiler: parser, Thompson automaton, simulation by sets of states, and a lazy DFA.
local function parse(re)
  local pos = 1
  local function peek() return re:sub(pos, pos) end
  local alternation
  local function atom()
    local c = peek()
    pos = pos + 1
    if c == "(" then
      local node = alternation()
      if peek() ~= ")" then error("missing )", 0) end
      pos = pos + 1
      return node
    elseif c == "[" then
      local close = re:find("]", pos + 1, true)
      if not close then error("missing ]", 0) end
      local set = re:sub(pos, close - 1)
      pos = close + 1
      return { "set", "[" .. set .. "]" }
    elseif c == "." then return { "set", "." }
    elseif c == "*" or c == "+" or c == "?" then error("nothing to repeat", 0)
    end
    return { "char", c }
  end
  local function repetition()
    local node = atom()
    while peek():find("^[*+?]") do
      node = { peek(), node }
      pos = pos + 1
    end
    return node
  end
  local function sequence()
    local node = { "empty" }
    while peek() ~= "" and peek() ~= "|" and peek() ~= ")" do node = { "seq", node, repetition() } end
    return node
  end
  function alternation()
    local node = sequence()
    while peek() == "|" do
      pos = pos + 1
      node = { "alt", node, sequence() }
    end
    return node
  end
  local tree = alternation()
  if pos <= #re then error("unexpected " .. peek(), 0) end
  return tree
end
local function compile(re)
  local states = {}
  local function state(kind, a, b) states[#states + 1] = { kind = kind, a = a, b = b } return #states end
  local emit = {}
  function emit.char(n, out) return state("char", out, n[2]) end
  function emit.set(n, out) return state("set", out, n[2]) end
  function emit.empty(_, out) return out end
  function emit.seq(n, out) return emit[n[2][1]](n[2], emit[n[3][1]](n[3], out)) end
  function emit.alt(n, out) return state("split", emit[n[2][1]](n[2], out), emit[n[3][1]](n[3], out)) end
  emit["?"] = function(n, out) return state("split", emit[n[2][1]](n[2], out), out) end
  emit["*"] = function(n, out)
    local s = state("split", nil, out)
    states[s].a = emit[n[2][1]](n[2], s)
    return s
  end
  emit["+"] = function(n, out)
    local s = state("split", nil, out)
    states[s].a = emit[n[2][1]](n[2], s)
    return states[s].a
  end
  local accept = state "accept"
  local tree = parse(re)
  return states, emit[tree[1]](tree, accept), accept
end
local function matcher(re)
  local states, start, accept = compile(re)
  local dfa, built = {}, 0
  local function closure(list)
    local seen, stack = {}, list
    while #stack > 0 do
      local s = table.remove(stack)
      if not seen[s] then
        seen[s] = true
        local st = states[s]
        if st.kind == "split" then stack[#stack + 1] = st.a stack[#stack + 1] = st.b end
      end
    end
    local ids = {}
    for s in pairs(seen) do if states[s].kind ~= "split" then ids[#ids + 1] = s end end
    table.sort(ids)
    local key = table.concat(ids, ",")
    if not dfa[key] then built = built + 1 dfa[key] = { ids = ids, next = {}, accepts = seen[accept] or false } end
    return dfa[key]
  end
  local first = closure({ start })
  return function(text)
    local d = first
    for c in text:gmatch(".") do
      local n = d.next[c]
      if not n then
        local targets = {}
        for _, s in ipairs(d.ids) do
          local st = states[s]
          if st.kind == "char" and st.b == c or st.kind == "set" and c:find(st.b) then targets[#targets + 1] = st.a end
        end
        n = closure(targets)
        d.next[c] = n
      end
      d = n
    end
    return d.accepts
  end, function() return #states, built end
end
local function test(re, ...)
  local ok, m, size = pcall(matcher, re)
  if not ok then print(re, "error: " .. m) return end
  local out = {}
  for _, s in ipairs({ ... }) do out[#out + 1] = (s == "" and "''" or s) .. "=" .. (m(s) and "yes" or "no") end
  print(re, table.concat(out, " "), size())
end
test("abc", "abc", "ab", "abcd", "") test("a*b", "b", "aaab", "aaa", "ba") test("(ab|cd)+", "ab", "abcd", "cdcdab", "", "abc")
test("a?b?c?", "", "a", "bc", "cb") test("[0-9]+(.[0-9]+)?", "12", "3.14", "3.", ".5") test("(a|b)*abb", "abb", "aababb", "ab", "babab")
test("((a*)*)*", "", "aaaa", "b") test("", "", "x") test("a|", "a", "", "b") test("(a|b)(c|d)|ef*", "ac", "bd", "e", "efff", "ab")
test("(a", "x") test("a)", "x") test("*a", "x") test("[a", "x")
local m = matcher(("a?"):rep(15) .. ("a"):rep(15))
local hits = 0
for n = 1, 40 do if m(("a"):rep(n)) then hits = hits + 1 end end
print(hits)
