-- An uncaught error with a string.
print "before"
error("uncaught message")
