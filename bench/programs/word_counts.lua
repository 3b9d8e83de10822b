-- Counting words, letter pairs and anagram classes of a generated text: string keys in hash tables, sorting by count.

local compat = ...

local syllables = { "ka", "lo", "mi", "ne", "ru", "so", "ta", "ve", "xi", "zu", "ban", "del", "fir", "gon" }

local function make_text(words)
  local random = compat.random(2024)
  local out = {}
  for i = 1, words do
    local word = syllables[random(14) + 1]
    for _ = 1, random(3) do
      word = word .. syllables[random(random(13) + 1) + 1]
    end
    if random(12) == 0 then
      word = word:sub(1, 1):upper() .. word:sub(2) .. "."
    end
    out[i] = word
  end
  return table.concat(out, " ")
end

local function count_words(text)
  local counts, distinct = {}, 0
  for word in text:gmatch("%a+") do
    word = word:lower()
    local known = counts[word]
    if known then
      counts[word] = known + 1
    else
      counts[word] = 1
      distinct = distinct + 1
    end
  end
  return counts, distinct
end

local function by_frequency(counts)
  local words = {}
  for word in pairs(counts) do
    words[#words + 1] = word
  end
  table.sort(words, function(a, b)
    if counts[a] ~= counts[b] then
      return counts[a] > counts[b]
    end
    return a < b
  end)
  return words
end

local function count_pairs(counts)
  local pair_counts = {}
  for word, count in pairs(counts) do
    for i = 1, #word - 1 do
      local pair = word:sub(i, i + 1)
      pair_counts[pair] = (pair_counts[pair] or 0) + count
    end
  end
  return pair_counts
end

local function largest_anagram_class(counts)
  local classes, largest = {}, 0
  for word in pairs(counts) do
    local letters = { word:byte(1, -1) }
    table.sort(letters)
    local key = string.char(compat.unpack(letters))
    local size = (classes[key] or 0) + 1
    classes[key] = size
    if size > largest then
      largest = size
    end
  end
  return largest
end

local function run(n)
  local counts, distinct = count_words(make_text(n))
  local words = by_frequency(counts)
  local pair_counts = count_pairs(counts)
  local top_pair = by_frequency(pair_counts)[1]
  return ("%d %s %d %s %d %d"):format(
    distinct, words[1], counts[words[1]], top_pair, pair_counts[top_pair], largest_anagram_class(counts))
end

return {
  name = "word_counts",
  n = 70000,
  expected = "2197 ru 1754 ka 22144 6",
  quick_n = 300,
  quick_expected = "176 lo 10 ka 99 3",
  run = run,
}
