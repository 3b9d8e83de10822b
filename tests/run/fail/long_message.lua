error(("long "):rep(200))
