error("before\0after", 0)
