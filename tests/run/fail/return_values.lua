-- Values returned by the main chunk are ignored; the status is zero.
print("args", #arg, ...)
return 1, "two", error
