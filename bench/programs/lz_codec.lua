-- A Lempel-Ziv compressor with hash chains and a greedy match search, and its decompressor: byte access, integer
-- arithmetic, arrays as tables of positions.

local compat = ...

return compat.compile("lz_codec", [==[
local compat = ...

local MIN_MATCH, MAX_MATCH, WINDOW, CHAIN = 4, 258, 8192, 16

local function make_input(count)
  local random = compat.random(101)
  local words, out = {}, {}
  for i = 1, 60 do
    local letters = {}
    for j = 1, 3 + random(6) do
      letters[j] = string.char(97 + random(26))
    end
    words[i] = table.concat(letters)
  end
  for i = 1, count do
    out[i] = words[random(random(60) + 1) + 1]
    if random(10) == 0 then
      out[i] = out[i] .. "," .. random(1000)
    end
  end
  return table.concat(out, " ")
end

local function hash_at(text, position)
  local a, b, c, d = text:byte(position, position + 3)
  return band(bxor(shl(a, 9), shl(b, 6), shl(c, 3), d), 16383)
end

local function match_length(text, earlier, position, limit)
  local length = 0
  while length < limit and text:byte(earlier + length) == text:byte(position + length) do
    length = length + 1
  end
  return length
end

local function find_match(text, position, heads, links)
  local limit = math.min(MAX_MATCH, #text - position + 1)
  local best_length, best_distance = 0, 0
  local earlier, tries = heads[hash_at(text, position)], 0
  while earlier and position - earlier <= WINDOW and tries < CHAIN do
    local length = match_length(text, earlier, position, limit)
    if length > best_length then
      best_length, best_distance = length, position - earlier
    end
    earlier = links[earlier]
    tries = tries + 1
  end
  return best_length, best_distance
end

-- The output is a list of tokens: a flag byte 0 and a literal, or length - MIN_MATCH + 1 and two bytes of distance.
local function compress(text)
  local heads, links, out = {}, {}, {}
  local position, last = 1, #text - MIN_MATCH + 1
  while position <= #text do
    local length, distance = 0, 0
    if position <= last then
      length, distance = find_match(text, position, heads, links)
    end
    if length >= MIN_MATCH then
      out[#out + 1] = string.char(length - MIN_MATCH + 1, shr(distance, 8), band(distance, 255))
    else
      length = 1
      out[#out + 1] = "\0" .. text:sub(position, position)
    end
    for entered = position, math.min(position + length - 1, last) do
      local hash = hash_at(text, entered)
      links[entered], heads[hash] = heads[hash], entered
    end
    position = position + length
  end
  return table.concat(out)
end

local function decompress(packed)
  local out, count, position = {}, 0, 1
  while position <= #packed do
    local flag = packed:byte(position)
    if flag == 0 then
      count = count + 1
      out[count] = packed:byte(position + 1)
      position = position + 2
    else
      local high, low = packed:byte(position + 1, position + 2)
      local from = count - bor(shl(high, 8), low)
      for i = 1, flag + MIN_MATCH - 1 do
        out[count + i] = out[from + i]
      end
      count = count + flag + MIN_MATCH - 1
      position = position + 3
    end
  end
  for i = 1, count do
    out[i] = string.char(out[i])
  end
  return table.concat(out)
end

local function run(n)
  local text = make_input(n)
  local packed = compress(text)
  assert(decompress(packed) == text, "round trip differs")
  local sum = 0
  for i = 1, #packed do
    sum = (sum * 31 + packed:byte(i)) % 1000003
  end
  return ("%d %d %d"):format(#text, #packed, sum)
end

return {
  name = "lz_codec",
  n = 5000,
  expected = "35548 15056 842310",
  quick_n = 80,
  quick_expected = "542 612 260377",
  run = run,
}
]==], compat)
