print "never"
if x then
  y()
