string.gsub("abc", "%w", function(c) error("at " .. c) end)
