error(2.5, 0)
