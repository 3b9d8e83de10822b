assert(1 == 2, "assertion with a message")
