print "exiting"
os.exit(false)
