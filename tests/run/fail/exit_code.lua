io.write("no newline, flushed")
os.exit(7)
