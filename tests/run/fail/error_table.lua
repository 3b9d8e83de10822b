-- A table without __tostring as an uncaught error.
error({ code = 2 })
