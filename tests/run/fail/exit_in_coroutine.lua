coroutine.wrap(function()
  pcall(function()
    print "leaving"
    os.exit(5, true)
  end)
end)()
