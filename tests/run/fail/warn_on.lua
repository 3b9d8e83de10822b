warn("@on")
warn("first ", "warning")
print "between"
warn("second")
