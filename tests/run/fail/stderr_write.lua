io.stderr:write("to stderr ", 1, " ", 2.5, "\n")
print "to stdout"
