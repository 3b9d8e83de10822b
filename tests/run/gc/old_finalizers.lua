-- An object that dies old, while nothing else that lives is made, is finalized all the same.
for _, mode in ipairs { "incremental", "generational" } do
  collectgarbage(mode)
  local finished = false
  local object = setmetatable({}, { __gc = function() finished = true end })
  collectgarbage("step")
  collectgarbage("step")
  object = nil
  local rounds = 0
  -- In PUC Lua's generational mode, nobody would come to it.
  repeat
    local garbage = { rounds }
    rounds = rounds + 1
  until finished or rounds == 10000000
  if mode == "incremental" then print(mode, finished) end
end
