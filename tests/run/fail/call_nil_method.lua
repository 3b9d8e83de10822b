local o = {}
o:missing()
