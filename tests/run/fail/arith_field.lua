local cfg = { size = {} }
print(cfg.size * 2)
