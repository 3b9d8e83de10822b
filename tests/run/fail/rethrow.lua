local ok, e = pcall(error, { msg = "boxed" })
error(e.msg, 2)
