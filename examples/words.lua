-- The most frequent words of text files: `perilune examples/words.lua [-n COUNT] FILE...`

--- Yields every word of the files, in lower case, with the name of its file.
local function words(files)
  return coroutine.wrap(function()
    for _, name in ipairs(files) do
      local file <close> = assert(io.open(name))
      for line in file:lines() do
        for word in line:gmatch("%a[%a']+") do
          coroutine.yield(word:lower(), name)
        end
      end
    end
  end)
end

--- A table of counts: what is absent counts zero.
local Counts = {}
Counts.__index = function() return 0 end

local limit, files = 10, {}
local i = 1
while i <= #arg do
  if arg[i] == "-n" then
    limit = assert(math.tointeger(arg[i + 1]), "-n needs a number")
    i = i + 2
  else
    files[#files + 1] = arg[i]
    i = i + 1
  end
end
if #files == 0 then
  io.stderr:write("usage: perilune ", arg[0], " [-n COUNT] FILE...\n")
  os.exit(1)
end

local counts, total = setmetatable({}, Counts), 0
for word in words(files) do
  counts[word] = counts[word] + 1
  total = total + 1
end

local ranking = {}
for word in pairs(counts) do
  ranking[#ranking + 1] = word
end
table.sort(ranking, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)

print(("%d words, %d different"):format(total, #ranking))
for rank = 1, math.min(limit, #ranking) do
  local word = ranking[rank]
  local share = counts[word] / total
  print(("%-14s %5d  %5.2f %%  %s"):format(word, counts[word], 100 * share, ("#"):rep(math.ceil(share * 500))))
end
